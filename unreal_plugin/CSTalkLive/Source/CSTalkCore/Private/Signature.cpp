// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/Signature.h"

#include <cstring>

#include "Bytes.h"

namespace cstalk {

namespace {

// First 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2).
constexpr std::uint32_t kRoundConstants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

constexpr std::size_t kBlockBytes = 64;

std::uint32_t TurnRight(std::uint32_t word, std::uint32_t by) noexcept { return word >> by | word << (32 - by); }

class Sha256 {
 public:
  void Add(const std::uint8_t* data, std::size_t size) noexcept {
    bytes_ += size;
    for (std::size_t k = 0; k < size; ++k) {
      block_[filled_++] = data[k];
      if (filled_ == kBlockBytes) TakeBlock();
    }
  }

  void Finish(std::uint8_t* digest) noexcept {
    const std::uint64_t bits = bytes_ * 8;
    const std::uint8_t one = 0x80;
    const std::uint8_t zero = 0;
    Add(&one, 1);
    while (filled_ != kBlockBytes - 8) Add(&zero, 1);
    std::uint8_t length[8];
    WriteBig64(length, bits);
    Add(length, 8);
    for (std::uint32_t k = 0; k < 8; ++k) WriteBig32(digest + 4 * k, state_[k]);
  }

 private:
  void TakeBlock() noexcept {
    std::uint32_t w[64];
    for (std::uint32_t k = 0; k < 16; ++k) w[k] = ReadBig32(block_ + 4 * k);
    for (std::uint32_t k = 16; k < 64; ++k) {
      const std::uint32_t s0 = TurnRight(w[k - 15], 7) ^ TurnRight(w[k - 15], 18) ^ w[k - 15] >> 3;
      const std::uint32_t s1 = TurnRight(w[k - 2], 17) ^ TurnRight(w[k - 2], 19) ^ w[k - 2] >> 10;
      w[k] = w[k - 16] + s0 + w[k - 7] + s1;
    }
    std::uint32_t v[8];
    std::memcpy(v, state_, sizeof v);
    for (std::uint32_t k = 0; k < 64; ++k) {
      const std::uint32_t s1 = TurnRight(v[4], 6) ^ TurnRight(v[4], 11) ^ TurnRight(v[4], 25);
      const std::uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
      const std::uint32_t one = v[7] + s1 + choice + kRoundConstants[k] + w[k];
      const std::uint32_t s0 = TurnRight(v[0], 2) ^ TurnRight(v[0], 13) ^ TurnRight(v[0], 22);
      const std::uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
      for (std::uint32_t place = 7; place > 0; --place) v[place] = v[place - 1];
      v[4] += one;
      v[0] = one + s0 + majority;
    }
    for (std::uint32_t k = 0; k < 8; ++k) state_[k] += v[k];
    filled_ = 0;
  }

  std::uint32_t state_[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                             0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::uint8_t block_[kBlockBytes] = {};
  std::size_t filled_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace

void Sign(std::string_view key, const std::uint8_t* data, std::size_t size, std::uint8_t* signature) noexcept {
  std::uint8_t block[kBlockBytes] = {};
  if (key.size() > kBlockBytes) {
    Sha256 shorter;
    shorter.Add(reinterpret_cast<const std::uint8_t*>(key.data()), key.size());
    shorter.Finish(block);
  } else if (!key.empty()) {
    std::memcpy(block, key.data(), key.size());
  }
  std::uint8_t padded[kBlockBytes];
  for (std::size_t k = 0; k < kBlockBytes; ++k) padded[k] = static_cast<std::uint8_t>(block[k] ^ 0x36);
  Sha256 inner;
  inner.Add(padded, kBlockBytes);
  inner.Add(data, size);
  std::uint8_t digest[kSignatureBytes];
  inner.Finish(digest);
  for (std::size_t k = 0; k < kBlockBytes; ++k) padded[k] = static_cast<std::uint8_t>(block[k] ^ 0x5c);
  Sha256 outer;
  outer.Add(padded, kBlockBytes);
  outer.Add(digest, kSignatureBytes);
  outer.Finish(signature);
}

bool Verify(std::string_view key, const std::uint8_t* data, std::size_t size, const std::uint8_t* signature) noexcept {
  std::uint8_t expected[kSignatureBytes];
  Sign(key, data, size, expected);
  std::uint32_t different = 0;
  for (std::size_t k = 0; k < kSignatureBytes; ++k) different |= static_cast<std::uint32_t>(expected[k] ^ signature[k]);
  return different == 0;
}

}  // namespace cstalk
