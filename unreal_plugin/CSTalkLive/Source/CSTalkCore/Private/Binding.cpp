// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/Binding.h"

namespace cstalk {

BindingStep NextBinding(const FaceFacts& facts, BindingWish wish) noexcept {
  if (!facts.hasMesh) return BindingStep::None;
  if (wish == BindingWish::Direct) return BindingStep::UseOwnInstance;
  const bool only = wish == BindingWish::LiveLink;
  // What the user chose by hand comes before what is found.
  if (facts.hasLiveLinkClass && !facts.liveLinkClassSet) return BindingStep::UseLiveLinkClass;
  const bool trusted = facts.knowsRawCurves || only || facts.liveLinkClassSet;
  if (facts.hasSubjectProperty && trusted) return BindingStep::SetSubjectProperty;
  if (facts.isLiveLinkInstance) return BindingStep::SetInstanceSubject;
  if (facts.hasSetupFunction && !facts.setupCalled) return BindingStep::CallSetupFunction;
  return only ? BindingStep::None : BindingStep::UseOwnInstance;
}

bool IsBound(BindingStep step) noexcept {
  return step == BindingStep::SetSubjectProperty || step == BindingStep::SetInstanceSubject ||
         step == BindingStep::UseOwnInstance;
}

const char* Describe(BindingStep step) noexcept {
  switch (step) {
    case BindingStep::SetSubjectProperty: return "Live Link, by the face's own LLink_Face_Subj";
    case BindingStep::SetInstanceSubject: return "Live Link, by its Live Link instance";
    case BindingStep::CallSetupFunction: return "calling the actor's LiveLinkSetup";
    case BindingStep::UseLiveLinkClass: return "setting the chosen Live Link anim class";
    case BindingStep::UseOwnInstance: return "direct, by CSTalkFaceAnimInstance";
    case BindingStep::None: break;
  }
  return "not bound";
}

}  // namespace cstalk
