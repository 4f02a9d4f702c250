// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
// Bodies of the stand-ins: enough of an engine to run the plugin's own code on POSIX.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cwchar>
#include <cwctype>
#include <deque>
#include <mutex>

#include "Animation/AnimInstance.h"
#include "Common/UdpSocketBuilder.h"
#include "Components/SkeletalMeshComponent.h"
#include "CoreMinimal.h"
#include "Engine/Engine.h"
#include "HAL/RunnableThread.h"
#include "ILiveLinkClient.h"
#include "IPAddress.h"
#include "SocketSubsystem.h"
#include "Sockets.h"
#include "shim.h"

UEngine* GEngine = nullptr;
FName ILiveLinkClient::ModularFeatureName(TEXT("LiveLinkClient"));

// ---- Text

std::wstring ShimText::FromUtf8(const char* Text) {
  std::wstring Result;
  for (const auto* At = reinterpret_cast<const unsigned char*>(Text); *At != 0;) {
    const int More = *At < 0x80 ? 0 : (*At < 0xE0 ? 1 : (*At < 0xF0 ? 2 : 3));
    unsigned Code = More == 0 ? *At : *At & (0x3Fu >> More);
    ++At;
    for (int k = 0; k < More && (*At & 0xC0) == 0x80; ++k) Code = Code << 6 | (*At++ & 0x3Fu);
    Result.push_back(static_cast<wchar_t>(Code));
  }
  return Result;
}

std::string ShimText::ToUtf8(const std::wstring& Text) {
  std::string Result;
  for (const wchar_t Letter : Text) {
    const unsigned Code = static_cast<unsigned>(Letter);
    const int More = Code < 0x80 ? 0 : (Code < 0x800 ? 1 : (Code < 0x10000 ? 2 : 3));
    static const unsigned Lead[] = {0x00, 0xC0, 0xE0, 0xF0};
    Result.push_back(static_cast<char>(Lead[More] | Code >> (6 * More)));
    for (int k = More - 1; k >= 0; --k) Result.push_back(static_cast<char>(0x80 | (Code >> (6 * k) & 0x3F)));
  }
  return Result;
}

std::wstring ShimText::FormatV(const wchar_t* Format, va_list Arguments) {
  // The engine's %s takes wide text.
  std::wstring Wide;
  for (const wchar_t* At = Format; *At != 0; ++At) {
    Wide.push_back(*At);
    if (At[0] == L'%' && At[1] == L's') Wide.push_back(L'l');
  }
  std::wstring Out(4096, L'\0');
  const int Length = std::vswprintf(Out.data(), Out.size(), Wide.c_str(), Arguments);
  Out.resize(Length < 0 ? 0 : static_cast<std::size_t>(Length));
  return Out;
}

namespace {

struct NameTable {
  std::mutex Mutex;
  std::map<std::wstring, int32> Places;
  std::deque<std::wstring> Written{L"None"};
};

NameTable& Names() {
  static NameTable Table;
  return Table;
}

std::mutex LogMutex;
std::vector<std::string> LogLines;

}  // namespace

FName::FName(const TCHAR* Name) {
  std::wstring Folded(Name);
  for (wchar_t& Letter : Folded) Letter = static_cast<wchar_t>(std::towlower(static_cast<std::wint_t>(Letter)));
  if (Folded.empty() || Folded == L"none") return;
  NameTable& Table = Names();
  const std::lock_guard<std::mutex> Lock(Table.Mutex);
  const auto Found = Table.Places.emplace(Folded, static_cast<int32>(Table.Written.size()));
  if (Found.second) Table.Written.emplace_back(Name);
  Index = Found.first->second;
}

FString FName::ToString() const {
  NameTable& Table = Names();
  const std::lock_guard<std::mutex> Lock(Table.Mutex);
  return FString(Table.Written[static_cast<std::size_t>(Index)].c_str());
}

void ShimLog::Write(const char* Category, const char* Verbosity, const std::wstring& Text) {
  const std::lock_guard<std::mutex> Lock(LogMutex);
  LogLines.push_back(std::string(Category) + ": " + Verbosity + ": " + ShimText::ToUtf8(Text));
}

void ShimLog::Print(const char* Category, const char* Verbosity, const wchar_t* Text, ...) {
  va_list Arguments;
  va_start(Arguments, Text);
  Write(Category, Verbosity, ShimText::FormatV(Text, Arguments));
  va_end(Arguments);
}

std::vector<std::string> ShimTakeLog() {
  const std::lock_guard<std::mutex> Lock(LogMutex);
  std::vector<std::string> Lines;
  Lines.swap(LogLines);
  return Lines;
}

// ---- Objects

void ShimKeep(UObject* Object) {
  static std::mutex Mutex;
  static std::vector<std::unique_ptr<UObject>> Objects;
  const std::lock_guard<std::mutex> Lock(Mutex);
  Objects.emplace_back(Object);
}

void USkeletalMeshComponent::SetAnimInstanceClass(UClass* NewClass) {
  ShimClass = NewClass;
  ShimInstance = nullptr;
  if (NewClass == nullptr) return;
  ShimInstance = static_cast<UAnimInstance*>(NewClass->ShimMake());
  ShimKeep(ShimInstance);
}

// ---- Threads and sockets

FRunnableThread* FRunnableThread::Create(FRunnable* InRunnable, const TCHAR* ThreadName, uint32 InStackSize,
                                         EThreadPriority InThreadPri) {
  static_cast<void>(ThreadName);
  static_cast<void>(InStackSize);
  static_cast<void>(InThreadPri);
  return new FRunnableThread(std::thread([InRunnable] {
    if (InRunnable->Init()) InRunnable->Run();
    InRunnable->Exit();
  }));
}

FSocket* FUdpSocketBuilder::Build() const {
  const int Descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  const int Yes = ShimReusable ? 1 : 0;
  setsockopt(Descriptor, SOL_SOCKET, SO_REUSEADDR, &Yes, sizeof Yes);
  setsockopt(Descriptor, SOL_SOCKET, SO_RCVBUF, &ShimReceiveBytes, sizeof ShimReceiveBytes);
  sockaddr_in Address{};
  Address.sin_family = AF_INET;
  Address.sin_port = htons(ShimPort);
  Address.sin_addr.s_addr = htonl(static_cast<uint32>(ShimAddress.A) << 24 | static_cast<uint32>(ShimAddress.B) << 16 |
                                  static_cast<uint32>(ShimAddress.C) << 8 | ShimAddress.D);
  if (bind(Descriptor, reinterpret_cast<sockaddr*>(&Address), sizeof Address) != 0) {
    close(Descriptor);
    return nullptr;
  }
  return new FSocket(Descriptor);
}

bool FSocket::Wait(ESocketWaitConditions::Type Condition, FTimespan WaitTime) {
  pollfd Poll{ShimDescriptor, static_cast<short>(Condition == ESocketWaitConditions::WaitForRead ? POLLIN : POLLOUT), 0};
  return poll(&Poll, 1, static_cast<int>(WaitTime.GetTicks() / 10000)) > 0;
}

bool FSocket::RecvFrom(uint8* Data, int32 BufferSize, int32& BytesRead, FInternetAddr& Source) {
  sockaddr_in From{};
  socklen_t Length = sizeof From;
  const ssize_t Got = recvfrom(ShimDescriptor, Data, static_cast<std::size_t>(BufferSize), 0, reinterpret_cast<sockaddr*>(&From), &Length);
  BytesRead = Got < 0 ? 0 : static_cast<int32>(Got);
  Source.SetIp(ntohl(From.sin_addr.s_addr));
  Source.SetPort(ntohs(From.sin_port));
  return Got >= 0;
}

bool FSocket::SendTo(const uint8* Data, int32 Count, int32& BytesSent, const FInternetAddr& Destination) {
  sockaddr_in To{};
  To.sin_family = AF_INET;
  To.sin_addr.s_addr = htonl(Destination.ShimIp);
  To.sin_port = htons(static_cast<uint16>(Destination.ShimPort));
  const ssize_t Sent = sendto(ShimDescriptor, Data, static_cast<std::size_t>(Count), 0, reinterpret_cast<sockaddr*>(&To), sizeof To);
  BytesSent = static_cast<int32>(Sent);
  return Sent == Count;
}

bool FSocket::Close() {
  const bool Closed = ShimDescriptor >= 0 && close(ShimDescriptor) == 0;
  ShimDescriptor = -1;
  return Closed;
}

TSharedRef<FInternetAddr> ISocketSubsystem::CreateInternetAddr() { return MakeShared<FInternetAddr>(); }

void ISocketSubsystem::DestroySocket(FSocket* Socket) { delete Socket; }
