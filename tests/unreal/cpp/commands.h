// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <cstring>

// The subcommands of core_check: each takes its own arguments (argv[0] is its name) and gives the exit status.
int RunUnit(int argc, char** argv);
int RunDecode(int argc, char** argv);
int RunTruncate(int argc, char** argv);
int RunMutate(int argc, char** argv);
int RunTrace(int argc, char** argv);
int RunLiveLink(int argc, char** argv);
int RunHandover(int argc, char** argv);
int RunBench(int argc, char** argv);
int RunListen(int argc, char** argv);
int RunSchema(int argc, char** argv);
int RunReplay(int argc, char** argv);
int RunBoard(int argc, char** argv);

// The text after `--name`, or `otherwise`.
inline const char* Option(int argc, char** argv, const char* name, const char* otherwise) {
  for (int k = 1; k + 1 < argc; ++k) {
    if (std::strcmp(argv[k], name) == 0) return argv[k + 1];
  }
  return otherwise;
}
