// A store that names the steps between an event's arrival and its acknowledgement, so that a test can end the process
// at each of them. No program that ships links it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "server/ports/store.h"

namespace usher {

enum class Failpoint {
  kAfterBegin,
  kAfterEvent,    // the event's row is inserted
  kAfterFacts,    // what the event says is in the ledgers, and who taught it is noted
  kBeforeCommit,  // of a whole batch
  kAfterCommit,   // durable, and nobody knows yet
  kAfterPublish,  // visible to checks, not acknowledged
};
inline constexpr std::pair<std::string_view, Failpoint> kFailpoints[] = {
    {"after_begin", Failpoint::kAfterBegin},   {"after_event", Failpoint::kAfterEvent},
    {"after_facts", Failpoint::kAfterFacts},   {"before_commit", Failpoint::kBeforeCommit},
    {"after_commit", Failpoint::kAfterCommit}, {"after_publish", Failpoint::kAfterPublish},
};

// Nullopt for any other name.
std::optional<Failpoint> FailpointNamed(std::string_view name);

struct Watch {
  std::function<void(Failpoint)> pass;  // called at each step, on the thread that makes it
  // True: the commit answers OK and does nothing. What no store may do: a control for the tests that would notice.
  std::function<bool()> forgets = [] { return false; };
};

// Passes everything on to the store that it owns. A transaction that was committed passes kAfterPublish when it goes:
// the writer publishes while it holds it.
class FailpointStore : public Store {
 public:
  FailpointStore(std::unique_ptr<Store> inner, Watch watch) : inner_(std::move(inner)), watch_(std::move(watch)) {}

  std::string_view Name() const override { return inner_->Name(); }
  const std::string& Epoch() const override { return inner_->Epoch(); }
  absl::StatusOr<std::unique_ptr<StoreReader>> Read() override { return inner_->Read(); }
  absl::StatusOr<std::unique_ptr<StoreTransaction>> Begin() override;
  absl::Status TryWrite() override { return inner_->TryWrite(); }

 private:
  const std::unique_ptr<Store> inner_;
  const Watch watch_;
};

}  // namespace usher
