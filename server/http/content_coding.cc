#include "server/http/content_coding.h"

#include <algorithm>
#include <array>
#include <limits>

#define ZLIB_CONST  // so that its input may be const
#include <zlib.h>

#include "server/http/text.h"
#include "server/service/error.h"

namespace usher {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib's way to say gzip, with the widest window
constexpr int kMemoryLevel = 8;       // zlib's default
constexpr std::size_t kChunkBytes = std::size_t{64} * 1024;

absl::Status NoGzip() {
  return MakeError(v1::ERROR_REASON_MALFORMED_REQUEST, "the message is said to be gzip and is not, or not all of it");
}

// `q=0`, `q=0.000`: the client refuses.
bool IsRefused(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string_view parameter = Trim(CutAt(parameters, ';'));
    if (parameter.size() < 3 || (parameter[0] != 'q' && parameter[0] != 'Q') || parameter[1] != '=') continue;
    return parameter.find_first_not_of("0.", 2) == std::string_view::npos;
  }
  return false;
}

const Bytef* Input(std::string_view bytes) { return reinterpret_cast<const Bytef*>(bytes.data()); }

struct Inflater {
  Inflater() : ready(inflateInit2(&stream, kGzipWindow) == Z_OK) {}
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  z_stream stream{};
  const bool ready;
};

struct Deflater {
  // The caller waits: the fastest level.
  Deflater()
      : ready(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) == Z_OK) {}
  ~Deflater() { deflateEnd(&stream); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  z_stream stream{};
  const bool ready;
};

}  // namespace

std::optional<ContentCoding> ContentCodingNamed(std::string_view name) {
  const std::string lower = LowerCase(name);
  if (lower == "identity") return ContentCoding::kIdentity;
  if (lower == "gzip") return ContentCoding::kGzip;
  return std::nullopt;
}

bool PrefersGzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    std::string_view parameters = CutAt(accept_encoding, ',');
    const std::optional<ContentCoding> coding = ContentCodingNamed(Trim(CutAt(parameters, ';')));
    if (coding && !IsRefused(parameters)) return *coding == ContentCoding::kGzip;
  }
  return false;
}

absl::StatusOr<std::string> Gunzip(std::string_view gzip, std::size_t limit) {
  Inflater inflater;
  if (!inflater.ready) return MakeError(v1::ERROR_REASON_INTERNAL, "zlib has no memory left");
  z_stream& stream = inflater.stream;
  stream.next_in = Input(gzip);
  stream.avail_in = static_cast<uInt>(std::min<std::size_t>(gzip.size(), std::numeric_limits<uInt>::max()));
  std::array<char, kChunkBytes> chunk;
  std::string bytes;
  while (true) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = static_cast<uInt>(chunk.size());
    const int result = inflate(&stream, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END) return NoGzip();
    const std::size_t count = chunk.size() - stream.avail_out;
    if (count > limit - bytes.size()) {
      const std::string most = std::to_string(limit);
      return MakeError(v1::ERROR_REASON_MESSAGE_TOO_LARGE,
                       "the message within the gzip is larger than " + most + " bytes", {{"limit_bytes", most}});
    }
    bytes.append(chunk.data(), count);
    if (result == Z_OK) continue;
    if (stream.avail_in == 0) return bytes;
    inflateReset(&stream);  // another member follows
  }
}

std::optional<std::string> Gzip(std::string_view bytes) {
  Deflater deflater;
  if (!deflater.ready || bytes.size() > std::numeric_limits<uInt>::max() / 2) return std::nullopt;
  z_stream& stream = deflater.stream;
  std::string gzip(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = Input(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(gzip.data());
  stream.avail_out = static_cast<uInt>(gzip.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) return std::nullopt;
  gzip.resize(gzip.size() - stream.avail_out);
  return gzip;
}

}  // namespace usher
