// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "commands.h"

int main(int argc, char** argv) {
  const struct {
    const char* name;
    int (*run)(int, char**);
  } commands[] = {{"unit", RunUnit},       {"decode", RunDecode},     {"truncate", RunTruncate}, {"mutate", RunMutate},
                  {"trace", RunTrace},     {"livelink", RunLiveLink}, {"handover", RunHandover}, {"bench", RunBench},
                  {"listen", RunListen},   {"schema", RunSchema},     {"replay", RunReplay},     {"board", RunBoard}};
  for (const auto& command : commands) {
    if (argc > 1 && std::strcmp(argv[1], command.name) == 0) return command.run(argc - 1, argv + 1);
  }
  std::fprintf(stderr, "usage: core_check COMMAND ...\n");
  for (const auto& command : commands) std::fprintf(stderr, "  %s\n", command.name);
  return 2;
}
