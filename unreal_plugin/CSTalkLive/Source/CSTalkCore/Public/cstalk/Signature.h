// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cstalk/Export.h"

// HMAC-SHA256 (RFC 2104, FIPS 180-4): proves that who sent a command knows the shared key.
namespace cstalk {

inline constexpr std::size_t kSignatureBytes = 32;

// Write the 32 bytes that belong to `data` under `key`.
CSTALK_API void Sign(std::string_view key, const std::uint8_t* data, std::size_t size, std::uint8_t* signature) noexcept;

// Whether `signature` (32 bytes) belongs to `data`; takes equally long wherever they differ.
CSTALK_API bool Verify(std::string_view key, const std::uint8_t* data, std::size_t size,
                       const std::uint8_t* signature) noexcept;

}  // namespace cstalk
