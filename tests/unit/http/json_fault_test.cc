#include "server/http/json_fault.h"

#include <string>

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "usher/v1/entitlement.pb.h"

namespace usher {
namespace {

struct FaultCase {
  const char* name;
  const char* json;
  const char* expected;  // `field: description`; empty when no field is to blame
};

// What the real parser's words about `json` are read as.
std::string FaultOf(const char* json) {
  v1::BatchCheckEntitlementsRequest message;
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, &message);
  EXPECT_FALSE(parsed.ok()) << json;
  const auto fault = ReadJsonFault(std::string(parsed.message()));
  return fault ? fault->field + ": " + fault->description : "";
}

class JsonFaultTest : public testing::TestWithParam<FaultCase> {};

TEST_P(JsonFaultTest, NamesTheFieldAndWhatWasExpected) { EXPECT_EQ(FaultOf(GetParam().json), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(
    Cases, JsonFaultTest,
    testing::Values(
        FaultCase{"Scalar", R"({"minRevision":5})", "min_revision: expected a value of the type string"},
        FaultCase{"Inner", R"({"items":[{},{"quantity":"x: y for type z"}]})",
                  "items[1].quantity: expected a value of the type int64"},
        FaultCase{"Message", R"({"items":["x"]})", "items[0]: expected a usher.v1.BatchCheckItem"},
        FaultCase{"Enum", R"({"items":[{"access":"LOOK"}]})", "items[0].access: expected a usher.v1.GrantedAccess"},
        FaultCase{"List", R"({"minRevision":["a"]})", "minRevision: expected one value, not a list"},
        FaultCase{"NoSuchField", R"({"nope":1})", "nope: there is no such field"},
        FaultCase{"NoSuchFieldWithin", R"({"items":[{"nope":1}]})", "items[0].nope: there is no such field"},
        FaultCase{"Time", R"({"at":"yesterday"})", "at: expected a time, such as \"2026-07-01T00:00:00Z\""},
        FaultCase{"Duration", R"({"maxWait":"long"})", "max_wait: expected a duration, such as \"1.5s\""},
        FaultCase{"Root", "[1]", ""}, FaultCase{"Broken", R"({"at":)", ""},
        FaultCase{"BrokenBehindAName", R"({"at": nonsense: for type TYPE_X})", ""}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace usher
