// What the load generator asks: serialized requests, the same for the same arguments.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace usher::bench {

enum class Kind { kEcho, kCheck, kBatch, kRecord };

struct QuestionOptions {
  Kind kind = Kind::kEcho;
  std::int64_t tenants = 1;           // kCheck, kBatch: generated tenants 1 to this, drawn at random
  std::vector<std::string> features;  // kCheck, kBatch: drawn at random
  std::size_t request_bytes = 0;      // kEcho: of the message
  std::int64_t first = 1;             // kRecord: the first tenant that pays, the next ones follow
  std::vector<std::string> prices;    // kRecord: drawn at random
};

// The full name of the method, as gRPC has it.
std::string MethodOf(Kind kind);

// The requests of one generator, asked in turn. Any thread.
class Questions {
 public:
  explicit Questions(const QuestionOptions& options);

  // The `number`th request, from 0. Payments are made when asked for and never repeat; other questions come round
  // again.
  std::string At(std::int64_t number) const;

 private:
  const QuestionOptions options_;
  std::vector<std::string> made_;
};

// Whether `response` is what a server that knows the tenants answers; a benchmark of errors would measure nothing.
bool IsGoodAnswer(Kind kind, const std::string& response);

}  // namespace usher::bench
