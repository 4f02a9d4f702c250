// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "cstalk/Export.h"

// Which way a face takes the curves: the engine layer looks, this decides.
namespace cstalk {

enum class BindingWish : std::uint8_t {
  Automatic,
  LiveLink,  // only ways that go through Live Link
  Direct,    // only our own anim instance
};

enum class BindingStep : std::uint8_t {
  SetSubjectProperty,   // the anim instance has LLink_Face_Subj: set it
  SetInstanceSubject,   // it is a Live Link instance: tell it the subject
  CallSetupFunction,    // the actor can swap in its Live Link graph: call it, look again
  UseLiveLinkClass,     // the user named a Live Link anim class: set it, look again
  UseOwnInstance,       // our anim instance writes the curves itself
  None,                 // nothing is left
};

// What is seen of a face.
struct FaceFacts {
  bool hasMesh = false;
  bool hasSubjectProperty = false;   // LLink_Face_Subj of the right type
  bool knowsRawCurves = false;       // its graph has MetaHuman's own curves as a case (IsMHFDS or ForceMHFDS)
  bool isLiveLinkInstance = false;   // ULiveLinkInstance or a child
  bool hasSetupFunction = false;     // the actor has LiveLinkSetup without parameters
  bool setupCalled = false;
  bool hasLiveLinkClass = false;     // the user set one
  bool liveLinkClassSet = false;     // and it is in place already
};

// The next step, or the last one when `facts` fit it. A 5.4 or 5.5 face has the subject property, but its graph leads
// through ARKit's poses: Automatic takes the direct way there.
CSTALK_API BindingStep NextBinding(const FaceFacts& facts, BindingWish wish) noexcept;

// Whether a step is the end of the search.
CSTALK_API bool IsBound(BindingStep step) noexcept;

// A few words for logs and Blueprints. Never null.
CSTALK_API const char* Describe(BindingStep step) noexcept;

}  // namespace cstalk
