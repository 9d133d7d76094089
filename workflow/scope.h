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
#include <set>
#include <utility>
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
    auto id = static_cast<ScopeId>(scopes_.size());
    if (free_.empty()) {
      scopes_.emplace_back();
    } else {
      id = free_.extract(free_.begin()).value();
    }
    const bool attached = link == ScopeLink::kAttached && id != parent;
    if (id != parent) scopes_[parent].below.insert(id);
    scopes_[id] = {parent,
                   attached,
                   attached && canceled(parent),
                   std::move(requested),
                   {}};
    return id;
  }
  // The scopes below it go to its parent.
  void Close(ScopeId id) {
    const ScopeId up = scopes_[id].parent;
    scopes_[up].below.erase(id);
    for (const ScopeId below : scopes_[id].below) scopes_[below].parent = up;
    scopes_[up].below.merge(scopes_[id].below);
    scopes_[id] = {};
    free_.insert(id);
  }

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
      for (const ScopeId below : scopes_[out[i]].below) {
        const Scope& s = scopes_[below];
        if (s.attached && !s.canceled) out.push_back(below);
      }
    }
    return out;
  }

 private:
  struct Scope {
    ScopeId parent = kRunScope;
    bool attached = false;
    bool canceled = false;
    Requested requested;
    std::set<ScopeId> below;
  };

  std::vector<Scope> scopes_;
  std::set<ScopeId> free_;  // the lowest is used again first
};

}  // namespace cohort

#endif  // COHORT_WORKFLOW_SCOPE_H_
