#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "sim/domain/id.h"
#include "sim/domain/sim_time.h"

// Three archives for the Visit functions of world_state.h: one hashes, one writes, one reads.
namespace skein::sim {

// The 64 bits of a value that fits in them.
template <class T>
requires std::integral<T> || std::is_enum_v<T>
constexpr std::uint64_t WordOf(T value) { return static_cast<std::uint64_t>(value); }
constexpr std::uint64_t WordOf(double value) { return std::bit_cast<std::uint64_t>(value); }
constexpr std::uint64_t WordOf(SimTime value) { return static_cast<std::uint64_t>(ToMs(value)); }
constexpr std::uint64_t WordOf(SimDuration value) {
  return static_cast<std::uint64_t>(value.count());
}
template <class Tag, class Rep>
constexpr std::uint64_t WordOf(Id<Tag, Rep> value) {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(value.value));
}

template <class T>
requires std::integral<T> || std::is_enum_v<T>
constexpr void FromWord(std::uint64_t word, T& value) { value = static_cast<T>(word); }
constexpr void FromWord(std::uint64_t word, double& value) { value = std::bit_cast<double>(word); }
constexpr void FromWord(std::uint64_t word, SimTime& value) {
  value = TimeFromMs(static_cast<std::int64_t>(word));
}
template <class Tag, class Rep>
constexpr void FromWord(std::uint64_t word, Id<Tag, Rep>& value) {
  value.value = static_cast<Rep>(word);
}

// Mixes words into 64 bits. Not for keys that an adversary chooses.
// Source: multiply–rotate mixing in the manner of xxHash64 (Collet); constants are its primes.
class Hasher {
 public:
  void Word(std::uint64_t word) {
    state_ ^= std::rotl(word * 0xC2B2AE3D27D4EB4FULL, 31) * 0x9E3779B185EBCA87ULL;
    state_ = std::rotl(state_, 27) * 0x9E3779B185EBCA87ULL + 0x85EBCA77C2B2AE63ULL;
  }
  template <class... T>
  void Field(const T&... values) {
    (Word(WordOf(values)), ...);
  }
  template <class... T>
  void Note(const T&...) {}
  template <class Iterator>
  void Range(Iterator begin, Iterator end) {
    for (; begin != end; ++begin) Word(WordOf(*begin));
  }
  template <class T>
  void Vector(const std::vector<T>& values) {
    Word(values.size());
    for (const T& value : values) Word(WordOf(value));
  }
  void Bytes(std::string_view bytes) {
    Word(bytes.size());
    for (std::size_t k = 0; k < bytes.size(); k += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes.data() + k, std::min<std::size_t>(8, bytes.size() - k));
      Word(word);
    }
  }
  std::uint64_t value() const {
    std::uint64_t h = state_ ^ (state_ >> 33);
    h *= 0xC2B2AE3D27D4EB4FULL;
    h ^= h >> 29;
    return h;
  }

 private:
  std::uint64_t state_ = 0x27D4EB2F165667C5ULL;
};

// Appends little-endian words.
class Writer {
 public:
  void Word(std::uint64_t word) {
    char bytes[8];
    for (int k = 0; k < 8; ++k) bytes[k] = static_cast<char>(word >> (8 * k));
    bytes_.append(bytes, 8);
  }
  template <class... T>
  void Field(const T&... values) {
    (Put(values), ...);
  }
  template <class... T>
  void Note(const T&... values) {
    (Put(values), ...);
  }
  template <class Iterator>
  void Range(Iterator begin, Iterator end) {
    for (; begin != end; ++begin) Put(*begin);
  }
  template <class T>
  void Vector(const std::vector<T>& values) {
    Word(values.size());
    for (const T& value : values) Put(value);
  }
  std::string& bytes() { return bytes_; }

 private:
  template <class T>
  void Put(const T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
      Word(value.size());
      bytes_ += value;
    } else {
      Word(WordOf(value));
    }
  }
  std::string bytes_;
};

// Reads what Writer wrote. Bytes that end too early leave zeros and make ok() false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t Word() {
    if (bytes_.size() < 8) {
      ok_ = false;
      bytes_ = {};
      return 0;
    }
    std::uint64_t word = 0;
    for (int k = 0; k < 8; ++k)
      word |= static_cast<std::uint64_t>(
                  static_cast<unsigned char>(bytes_[static_cast<std::size_t>(k)]))
              << (8 * k);
    bytes_.remove_prefix(8);
    return word;
  }
  // A count of items of at least `item_bytes` each; too large a count is damage.
  std::size_t Count(std::size_t item_bytes = 8) {
    const std::uint64_t count = Word();
    if (count > bytes_.size() / item_bytes) {
      ok_ = false;
      return 0;
    }
    return static_cast<std::size_t>(count);
  }
  template <class... T>
  void Field(T&... values) {
    (Get(values), ...);
  }
  template <class... T>
  void Note(T&... values) {
    (Get(values), ...);
  }
  template <class Iterator>
  void Range(Iterator begin, Iterator end) {
    for (; begin != end; ++begin) Get(*begin);
  }
  template <class T>
  void Vector(std::vector<T>& values) {
    values.resize(Count());
    for (T& value : values) Get(value);
  }
  bool ok() const { return ok_; }
  bool done() const { return ok_ && bytes_.empty(); }
  void Fail() { ok_ = false; }

 private:
  template <class T>
  void Get(T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
      const std::size_t size = Count(1);
      value.assign(bytes_.substr(0, size));
      bytes_.remove_prefix(size);
    } else {
      FromWord(Word(), value);
    }
  }
  std::string_view bytes_;
  bool ok_ = true;
};

inline std::uint64_t HashForecast(std::span<const double> rates) {
  Hasher hasher;
  hasher.Range(rates.begin(), rates.end());
  return hasher.value();
}

}  // namespace skein::sim
