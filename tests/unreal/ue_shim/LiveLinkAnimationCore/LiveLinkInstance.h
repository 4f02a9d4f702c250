// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Animation/AnimInstance.h"
#include "LiveLinkTypes.h"

class ULiveLinkInstance : public UAnimInstance {
  SHIM_OBJECT(ULiveLinkInstance, UAnimInstance)
  void SetSubject(FLiveLinkSubjectName SubjectName) { ShimSubject = SubjectName; }
  FLiveLinkSubjectName ShimSubject;
};
