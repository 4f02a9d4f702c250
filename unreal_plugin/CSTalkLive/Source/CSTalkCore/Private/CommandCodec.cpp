// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/CommandCodec.h"

#include "OscFields.h"
#include "cstalk/OscWriter.h"
#include "cstalk/Signature.h"

namespace cstalk {

namespace {

constexpr std::string_view kCommandAddress = "/cstalk/command";
constexpr std::string_view kCommandTags = "iihssffb";
constexpr std::string_view kVerbs[] = {"emotion", "intensity", "mute", "neutral"};

}  // namespace

bool IsSound(const Command& command) noexcept {
  const bool named = command.name[0] != '\0';
  if (named != (command.verb == CommandVerb::Emotion)) return false;
  if (!IsUtf8(reinterpret_cast<const std::uint8_t*>(command.name), std::strlen(command.name))) return false;
  if (!(command.fadeSeconds >= 0.0f && command.fadeSeconds <= kMaxFadeSeconds)) return false;
  switch (command.verb) {
    case CommandVerb::Emotion: return command.value >= 0.0f && command.value <= 1.0f;
    case CommandVerb::Intensity: return command.value >= 0.0f && command.value <= kMaxIntensity;
    case CommandVerb::Mute: return command.value == 0.0f || command.value == 1.0f;
    case CommandVerb::Neutral: return command.value == 0.0f;
  }
  return false;
}

std::size_t EncodeCommand(const Command& command, std::string_view key, std::uint8_t* out,
                          std::size_t capacity) noexcept {
  if (!IsSound(command)) return 0;
  OscWriter writer(out, capacity);
  writer.Text(kCommandAddress);
  writer.TagsWithRun(kCommandTags, ' ', 0);
  writer.Word(command.session);
  writer.Word(kProtocolVersion);
  writer.Long(command.stampUs);
  writer.Text(kVerbs[static_cast<std::size_t>(command.verb)]);
  writer.Text(command.name);
  writer.Float(command.value);
  writer.Float(command.fadeSeconds);
  std::uint8_t signature[kSignatureBytes];
  if (key.empty() || writer.Size() == 0) {
    writer.Blob(signature, 0);
  } else {
    Sign(key, out, writer.Size(), signature);
    writer.Blob(signature, kSignatureBytes);
  }
  return writer.Size();
}

PacketResult DecodeCommand(const std::uint8_t* data, std::size_t size, std::string_view key,
                           Command& command) noexcept {
  OscReader reader(data, size);
  std::string_view tags;
  std::string_view verb;
  PacketResult result = reader.Head(kCommandAddress, tags);
  if (result != PacketResult::Ok) return result;
  if (tags != kCommandTags) return PacketResult::BadTypeTags;
  if ((result = reader.Word(command.session)) != PacketResult::Ok) return result;
  if ((result = ReadVersion(reader)) != PacketResult::Ok) return result;
  if ((result = reader.Long(command.stampUs)) != PacketResult::Ok) return result;
  if ((result = reader.Text(verb)) != PacketResult::Ok) return result;
  if ((result = ReadText(reader, command.name, 0)) != PacketResult::Ok) return result;
  if ((result = ReadFloat(reader, 0.0f, kMaxIntensity, command.value)) != PacketResult::Ok) return result;
  if ((result = ReadFloat(reader, 0.0f, kMaxFadeSeconds, command.fadeSeconds)) != PacketResult::Ok) return result;
  const std::size_t signedBytes = reader.At();
  const std::uint8_t* signature = nullptr;
  std::size_t signatureBytes = 0;
  if ((result = reader.Blob(signature, signatureBytes)) != PacketResult::Ok) return result;
  if ((result = reader.End()) != PacketResult::Ok) return result;
  std::size_t place = 0;
  while (place < 4 && kVerbs[place] != verb) ++place;
  if (place == 4) return PacketResult::OutOfRange;
  command.verb = static_cast<CommandVerb>(place);
  if (signatureBytes != (key.empty() ? 0 : kSignatureBytes)) return PacketResult::NotAllowed;
  if (!key.empty() && !Verify(key, data, signedBytes, signature)) return PacketResult::NotAllowed;
  return IsSound(command) ? PacketResult::Ok : PacketResult::OutOfRange;
}

}  // namespace cstalk
