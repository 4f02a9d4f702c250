// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

class FReply {
 public:
  static FReply Handled() { return FReply(); }
};
