// A canonical binary form for described structs (fields.h): one encoding per value and one value per encoding.
//
//   number     base-128 varint, least significant group first, in the fewest bytes; signed numbers zigzag first
//   bool       0 or 1           instant   milliseconds, as a number
//   text       length, bytes    enum      position in its table of words
//   list       count, elements  variant   position of the alternative, then the alternative
//   limit      whether it is unlimited, as a bool; when it is not, the amount
//   struct     for each field that differs from its default, ascending: field number, value; then 0
//
// The decoder refuses every other form, so equal values have equal bytes and equal bytes equal values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "catalog/absl_bridge.h"
#include "catalog/ids.h"
#include "catalog/time.h"
#include "catalog/value.h"
#include "server/core/fields.h"

namespace usher {

// A default-constructed S: what a field is compared with to be left out.
template <class S>
const S& Default() {
  static const S kDefault{};
  return kDefault;
}

class CanonicalEncoder {
 public:
  void Put(bool value) { bytes_.push_back(value ? '\1' : '\0'); }
  void Put(std::int64_t value) {
    PutVarint((static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void Put(Instant value) { Put(ToUnixMillis(value)); }
  void Put(const std::string& text) {
    PutVarint(text.size());
    bytes_ += text;
  }
  template <class Tag>
  void Put(const Id<Tag>& id) {
    Put(id.str());
  }
  void Put(const Limit& limit) {  // all that is unlimited is equal, whatever its amount
    Put(limit.unlimited);
    if (!limit.unlimited) Put(limit.amount);
  }
  template <IsWorded E>
  void Put(E value) {
    const auto& table = Words<E>::kTable;
    const auto* found =
        std::find_if(std::begin(table), std::end(table), [&](const auto& e) { return e.value == value; });
    PutVarint(static_cast<std::uint64_t>(found - std::begin(table)));
  }
  template <class T>
  void Put(const std::optional<T>& value) {  // only as a field, where absence is the default
    Put(*value);
  }
  template <class T>
  void Put(const std::vector<T>& list) {
    PutVarint(list.size());
    for (const T& element : list) Put(element);
  }
  template <class... T>
  void Put(const std::variant<T...>& value) {
    PutVarint(value.index());
    std::visit([this](const auto& alternative) { this->Put(alternative); }, value);
  }
  template <IsDescribed S>
  void Put(const S& value) {
    static_assert(NumbersAscend<S>());
    ForEachField<S>([&](const auto& field) { PutField(field, value.*field.member, Default<S>().*field.member); });
    PutVarint(0);
  }

  std::string Take() { return std::move(bytes_); }

 private:
  template <class F, class T>
  void PutField(const F& field, const T& value, const T& standard) {
    if (value == standard) return;
    PutVarint(static_cast<std::uint64_t>(field.number));
    if constexpr (F::kOrder == ElementOrder::kAsGiven) {
      Put(value);
    } else {
      T canonical = value;
      std::sort(canonical.begin(), canonical.end());
      if (F::kOrder == ElementOrder::kSet) {
        canonical.erase(std::unique(canonical.begin(), canonical.end()), canonical.end());
      }
      Put(canonical);
    }
  }
  void PutVarint(std::uint64_t number) {
    for (; number >= 128; number >>= 7U) bytes_.push_back(static_cast<char>((number & 127U) | 128U));
    bytes_.push_back(static_cast<char>(number));
  }

  std::string bytes_;
};

// Reads what CanonicalEncoder wrote. After the first mistake every Get returns false and status() names its place.
class CanonicalDecoder {
 public:
  explicit CanonicalDecoder(std::string_view bytes) : bytes_(bytes) {}

  bool Get(bool& value) {
    if (at_ >= bytes_.size()) return Fail("0 or 1, found the end");
    const char byte = bytes_[at_];
    if (byte != 0 && byte != 1) return Fail("0 or 1");
    value = byte == 1;
    ++at_;
    return true;
  }
  bool Get(std::int64_t& value) {
    std::uint64_t zigzag = 0;
    if (!GetVarint(zigzag)) return false;
    value = static_cast<std::int64_t>((zigzag >> 1U) ^ (0 - (zigzag & 1U)));
    return true;
  }
  bool Get(Instant& value) {
    std::int64_t millis = 0;
    if (!Get(millis)) return false;
    value = FromUnixMillis(millis);
    return true;
  }
  bool Get(std::string& text) {
    std::uint64_t size = 0;
    if (!GetCount("a length", size)) return false;
    text = bytes_.substr(at_, size);
    at_ += size;
    return true;
  }
  template <class Tag>
  bool Get(Id<Tag>& id) {
    std::string text;
    if (!Get(text)) return false;
    id = Id<Tag>(std::move(text));
    return true;
  }
  bool Get(Limit& limit) { return Get(limit.unlimited) && (limit.unlimited || Get(limit.amount)); }
  template <IsWorded E>
  bool Get(E& value) {
    std::uint64_t position = 0;
    const std::size_t start = at_;
    if (!GetVarint(position)) return false;
    if (position >= std::size(Words<E>::kTable)) return FailAt(start, "a known enum value");
    value = Words<E>::kTable[position].value;
    return true;
  }
  template <class T>
  bool Get(std::optional<T>& value) {
    return Get(value.emplace());
  }
  template <class T>
  bool Get(std::vector<T>& list) {
    std::uint64_t count = 0;
    if (!GetCount("a count", count)) return false;  // an element takes a byte or more
    for (; count > 0; --count) {
      if (!Get(list.emplace_back())) return false;
    }
    return true;
  }
  template <class... T>
  bool Get(std::variant<T...>& value) {
    std::uint64_t position = 0;
    const std::size_t start = at_;
    if (!GetVarint(position)) return false;
    if (position >= sizeof...(T)) return FailAt(start, "a known alternative");
    return GetAlternative(value, position, std::index_sequence_for<T...>());
  }
  template <IsDescribed S>
  bool Get(S& value) {
    std::uint64_t number = 0;
    std::size_t start = at_;
    if (!GetVarint(number)) return false;
    bool good = true;
    ForEachField<S>([&](const auto& field) {
      if (!good || number != static_cast<std::uint64_t>(field.number)) return;
      good = GetField(field, value.*field.member, Default<S>().*field.member);
      start = at_;
      good = good && GetVarint(number);
    });
    if (!good) return false;
    return number == 0 || FailAt(start, "a known field number in ascending order, or 0");
  }

  // OK when everything was read and nothing is left.
  absl::Status Finish() {
    if (error_.empty() && at_ != bytes_.size()) Fail("the end");
    return error_.empty() ? absl::OkStatus() : DataLoss(error_);
  }

 private:
  template <class F, class T>
  bool GetField(const F& field, T& value, const T& standard) {
    const std::size_t start = at_;
    if (!Get(value)) return false;
    if (value == standard) return FailAt(start, std::string(field.name) + " to be left out at its default");
    if constexpr (F::kOrder != ElementOrder::kAsGiven) {
      const bool repeats = std::adjacent_find(value.begin(), value.end()) != value.end();
      if (!std::is_sorted(value.begin(), value.end()) || (F::kOrder == ElementOrder::kSet && repeats)) {
        return FailAt(start, std::string(field.name) + " in ascending order");
      }
    }
    return true;
  }
  template <class Variant, std::size_t... I>
  bool GetAlternative(Variant& value, std::uint64_t position, std::index_sequence<I...>) {
    bool good = false;
    ((position == I && (good = Get(value.template emplace<I>()))), ...);
    return good;
  }
  bool GetCount(const char* what, std::uint64_t& count) {
    const std::size_t start = at_;
    if (!GetVarint(count)) return false;
    if (count > bytes_.size() - at_) return FailAt(start, std::string(what) + " that fits the remaining bytes");
    return true;
  }
  bool GetVarint(std::uint64_t& number) {
    number = 0;
    const std::size_t start = at_;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (at_ >= bytes_.size()) return Fail("a number, found the end");
      const auto byte = static_cast<std::uint8_t>(bytes_[at_++]);
      if (shift == 63 && byte > 1) break;
      number |= static_cast<std::uint64_t>(byte & 127U) << shift;
      if (byte < 128) return byte != 0 || shift == 0 || FailAt(start, "a number in the fewest bytes");
    }
    return FailAt(start, "a number of at most 64 bits");
  }
  bool Fail(std::string_view expected) { return FailAt(at_, expected); }
  bool FailAt(std::size_t where, std::string_view expected) {
    if (error_.empty()) error_ = "byte " + std::to_string(where) + ": expected " + std::string(expected);
    return false;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::string error_;
};

template <IsDescribed S>
std::string EncodeCanonical(const S& value) {
  CanonicalEncoder encoder;
  encoder.Put(value);
  return encoder.Take();
}

// DATA_LOSS with the byte offset and what was expected there when `bytes` is not the encoding of an S.
template <IsDescribed S>
absl::StatusOr<S> DecodeCanonical(std::string_view bytes) {
  S value{};
  CanonicalDecoder decoder(bytes);
  decoder.Get(value);
  if (absl::Status status = decoder.Finish(); !status.ok()) return status;
  return value;
}

}  // namespace usher
