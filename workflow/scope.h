// The tree of a run's cancellation scopes.
//
// Scope 0 is the run's own: a request to cancel the run cancels it. Every
// Context belongs to one scope; CancelScope (workflow/context.h) opens one
// below another. Canceling a scope cancels the attached ones below it.
//
// Threads: one run, one thread. Errors: none; ids of closed scopes are used
// again.
#ifndef COHORT_WORKFLOW_SCOPE_H_
#define COHORT_WORKFLOW_SCOPE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "cohort/workflow/future.h"

namespace cohort {

using ScopeId = std::uint32_t;
inline constexpr ScopeId kRunScope = 0;

// Is a scope canceled with the one that it stands in?
enum class ScopeLink : std::uint8_t {
  kAttached,
  kDetached,  // for clean-up: it outlives the cancellation of its parent
};

class ScopeTree {
 public:
  using Requested = workflow_internal::Ref<workflow_internal::TypedState<void>>;

  // Opens a scope; one whose parent is canceled is canceled from the start,
  // unless it is detached.
  ScopeId Open(ScopeId parent, ScopeLink link, Requested requested) {
    ScopeId id = 0;
    while (id < scopes_.size() && scopes_[id].open) ++id;
    if (id == scopes_.size()) scopes_.emplace_back();
    const bool attached = link == ScopeLink::kAttached && id != parent;
    scopes_[id] = {parent, true, attached, attached && canceled(parent),
                   std::move(requested)};
    return id;
  }
  void Close(ScopeId id) { scopes_[id] = {}; }

  bool canceled(ScopeId id) const { return scopes_[id].canceled; }
  void MarkCanceled(ScopeId id) { scopes_[id].canceled = true; }
  ScopeId parent(ScopeId id) const { return scopes_[id].parent; }
  // Settles when the scope is canceled.
  const Requested& requested(ScopeId id) const { return scopes_[id].requested; }

  // The scope and the attached ones below it that are not canceled yet, each
  // behind its parent.
  std::vector<ScopeId> Affected(ScopeId id) const {
    std::vector<ScopeId> out;
    if (!canceled(id)) out.push_back(id);
    for (std::size_t i = 0; i < out.size(); ++i) {
      for (ScopeId below = 0; below < scopes_.size(); ++below) {
        const Scope& s = scopes_[below];
        if (s.open && s.attached && s.parent == out[i] && !s.canceled) {
          out.push_back(below);
        }
      }
    }
    return out;
  }

 private:
  struct Scope {
    ScopeId parent = kRunScope;
    bool open = false;
    bool attached = false;
    bool canceled = false;
    Requested requested;
  };

  std::vector<Scope> scopes_;
};

}  // namespace cohort

#endif  // COHORT_WORKFLOW_SCOPE_H_
