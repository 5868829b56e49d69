// Flags before the environment before the file before defaults, and every problem at once.
#include "server/base/settings.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/version.h"
#include "tests/support/temporary_folder.h"

namespace usher {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

constexpr SettingSpec kSpecs[] = {
    {"store", "PATH", "usher.db", "Where facts are kept"},
    {"event-retention", "DURATION", "90d", "How long"},
    {"reflection", "", "", "Serve it"},
};

class SettingsTest : public testing::Test {
 protected:
  std::string File(const std::string& text) {
    std::ofstream(path_) << text;
    return path_;
  }

  Settings Read(const std::vector<std::string>& arguments, const Environment& variables = {}) {
    problems_.clear();
    return ReadSettings(kSpecs, arguments, variables, problems_);
  }

  const TemporaryFolder folder_;
  const std::string path_ = folder_.File("usher.conf");
  Problems problems_;
};

TEST_F(SettingsTest, ADefaultStandsWhereNobodySaysAnything) {
  const Settings settings = Read({});
  EXPECT_THAT(problems_, IsEmpty());
  EXPECT_EQ(settings.at("store").text, "usher.db");
  EXPECT_EQ(settings.at("store").source, "--store");
  EXPECT_FALSE(settings.at("store").given);
}

TEST_F(SettingsTest, AFlagOutranksTheEnvironmentAndThatTheFile) {
  const std::string file = File("# what this server is told\n\n  store = from file \r\nevent-retention=1d\n");
  const Environment variables = {{"USHER_EVENT_RETENTION", "2d"}, {"USHER_CONFIG", file}};
  const Settings settings = Read({"--event-retention=3d", "--reflection"}, variables);
  EXPECT_THAT(problems_, IsEmpty());
  EXPECT_EQ(settings.at("store").text, "from file");
  EXPECT_EQ(settings.at("store").source, file + ":3: store");
  EXPECT_EQ(settings.at("event-retention").text, "3d");
  EXPECT_EQ(settings.at("event-retention").source, "--event-retention");
  EXPECT_TRUE(ReadSwitch(settings.at("reflection"), problems_));
  EXPECT_EQ(Read({}, variables).at("event-retention").text, "2d");
  EXPECT_EQ(Read({}, variables).at("event-retention").source, "USHER_EVENT_RETENTION");
  EXPECT_EQ(Read({"--config", file}).at("event-retention").text, "1d");
}

TEST_F(SettingsTest, AFlagSwitchesOffWhatTheFileSwitchesOn) {
  const std::string file = File("reflection = true\n");
  EXPECT_TRUE(ReadSwitch(Read({"--config", file}).at("reflection"), problems_));
  EXPECT_FALSE(ReadSwitch(Read({"--config", file, "--reflection=false"}).at("reflection"), problems_));
}

TEST_F(SettingsTest, EveryProblemIsNamedAtOnceWithItsPlace) {
  const std::string file = File("sttore = x\nstore\nstore = a\nstore = b\nevent-retention =\n= c\n");
  Settings settings = Read({"--stor", "x", "--store", "--reflection=on", "y", "--config", file});
  ReadSwitch(settings.at("reflection"), problems_);
  EXPECT_THAT(problems_,
              ElementsAre("--stor: there is no such flag; did you mean --store?",  //
                          "argument 2: expected a flag, such as --catalog",        //
                          "--store: expected PATH after it",                       //
                          "argument 5: expected a flag, such as --catalog",        //
                          file + ":1: sttore: there is no such setting; did you mean store?",
                          file + ":2: expected name = value", file + ":4: store: given before, in " + file + ":3",
                          file + ":5: event-retention: expected a value",  //
                          file + ":6: expected name = value", "--reflection: expected true or false, found \"on\""));
}

TEST_F(SettingsTest, AVariableThatIsSetToNothingSaysNothing) {
  const Settings settings = Read({}, {{"USHER_STORE", ""}, {"USHER_CONFIG", ""}});
  EXPECT_THAT(problems_, IsEmpty());
  EXPECT_EQ(settings.at("store").text, "usher.db");
}

TEST_F(SettingsTest, AFlagIsGivenOnce) {
  Read({"--store", "a", "--store=b"});
  EXPECT_THAT(problems_, ElementsAre("--store: given twice"));
}

TEST_F(SettingsTest, AFileThatIsNotThereIsAProblemOfWhoeverNamedIt) {
  Read({}, {{"USHER_CONFIG", "/nonexistent.conf"}});
  EXPECT_THAT(problems_, ElementsAre("USHER_CONFIG: cannot read /nonexistent.conf"));
}

TEST_F(SettingsTest, AFileNamesNoOtherFile) {
  Read({"--config", File("config = other.conf\n")});
  EXPECT_THAT(problems_, ElementsAre(HasSubstr("config: there is no such setting")));
}

TEST_F(SettingsTest, WhatIsNoSettingMayBeASecretAndIsNotRepeated) {
  Read({"hush-1", "--stripe-webhook-secret=hush-2", "--config", File("stripe-webhook-secret = hush-3\nhush-4\n")});
  EXPECT_EQ(problems_.size(), 4u);
  for (const std::string& problem : problems_) EXPECT_THAT(problem, Not(HasSubstr("hush")));
}

TEST_F(SettingsTest, TheHelpShowsFlagVariableAndDefault) {
  const std::string help = AskedText("usherd", "usherd: a server.\n", kSpecs, {"--store", "x", "-h"}).value_or("");
  EXPECT_EQ(help, AskedText("usherd", "usherd: a server.\n", kSpecs, {"--help"}));
  EXPECT_THAT(help, StartsWith("usherd: a server.\n"));
  EXPECT_THAT(help,
              HasSubstr("  --event-retention DURATION  (USHER_EVENT_RETENTION)\n      How long. Default: 90d.\n"));
  EXPECT_THAT(help, HasSubstr("  --reflection  (USHER_REFLECTION)\n      Serve it.\n"));
  EXPECT_THAT(help, HasSubstr("  --config FILE  (USHER_CONFIG)\n"));
  EXPECT_THAT(help, HasSubstr("  --version\n"));
  EXPECT_EQ(AskedText("usherd", "", kSpecs, {"--store", "x"}), std::nullopt);
}

TEST_F(SettingsTest, TheVersionIsThatOfTheProject) {
  EXPECT_EQ(AskedText("usherd", "", kSpecs, {"--version"}), "usherd " + std::string(Version()) + "\n");
  EXPECT_THAT(std::string(Version()), MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
}

TEST_F(SettingsTest, ACommentStandsOnItsOwnLineOrAfterABlank) {
  const Settings settings = Read({"--config", File("store = a#b # c # d\nreflection = true\t# yes\n  # nothing\n")});
  EXPECT_THAT(problems_, IsEmpty());
  EXPECT_EQ(settings.at("store").text, "a#b");
  EXPECT_EQ(settings.at("reflection").text, "true");
  Read({"--config", File("store = # a\n")});
  EXPECT_THAT(problems_, ElementsAre(path_ + ":1: store: expected a value"));
}

TEST_F(SettingsTest, AByteOrderMarkIsNoPartOfTheFirstName) {
  EXPECT_EQ(Read({"--config", File("\xEF\xBB\xBFstore = a\n")}).at("store").text, "a");
  EXPECT_THAT(problems_, IsEmpty());
}

TEST_F(SettingsTest, AFileOfSettingsIsASmallFileWithSettings) {
  Read({"--config", testing::TempDir()});
  EXPECT_THAT(problems_, ElementsAre("--config: " + testing::TempDir() + " is a folder: expected a file"));
  Read({"--config", "/dev/zero"});
  EXPECT_THAT(problems_, ElementsAre("--config: /dev/zero is larger than 64 KiB: expected a small file of text"));
  Read({"--config", File("")});
  EXPECT_THAT(problems_, ElementsAre("--config: " + path_ + " is empty: expected settings, one a line: name = value"));
}

TEST_F(SettingsTest, AVariableThatNobodyReadsIsNamed) {
  Read({}, {{"USHER_STROE", "hush"}, {"USHER_MAKE_COFFEE", "hush"}});
  EXPECT_THAT(problems_, ElementsAre("USHER_MAKE_COFFEE: there is no such variable",
                                     "USHER_STROE: there is no such variable; did you mean USHER_STORE?"));
}

TEST_F(SettingsTest, VariablesOfOtherProgramsAndOfKubernetesAreLeftAlone) {
  Read({}, {{"USHER_API_KEY_FILE", "x"},
            {"USHER_SERVER", "x"},
            {"USHER_LISTEN", "x"},
            {"USHER_DEEP", "1"},
            {"USHER_NOTHING", ""},
            {"USHER_SERVICE_HOST", "10.0.0.1"},
            {"USHER_SERVICE_PORT_GRPC", "7480"},
            {"USHER_RELAY_PORT", "tcp://10.0.0.1:7482"},
            {"USHER_PORT_7480_TCP_ADDR", "10.0.0.1"}});
  EXPECT_THAT(problems_, IsEmpty());
}

}  // namespace
}  // namespace usher
