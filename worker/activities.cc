#include "cohort/worker/activities.h"

#include "cohort/base/limits.h"
#include "cohort/base/status.h"

namespace cohort {

namespace worker_internal {

Failure FailureOf(const absl::Status& status) {
  Failure failure;
  failure.message = ToStd(status.message());
  failure.info = "applicationFailureInfo";
  failure.type = absl::StatusCodeToString(status.code());
  return failure;
}

}  // namespace worker_internal

Activities& Activities::AddBody(std::string name, Body body) {
  if (name.empty() || name.size() > kNameBytesMax) {
    status_.Update(InvalidArgument(
        "activity name \"{:.40}\" is empty or longer than {} bytes", name,
        kNameBytesMax));
  } else if (!bodies_.emplace(name, std::move(body)).second) {
    status_.Update(AlreadyExists("activity {} is registered twice", name));
  }
  return *this;
}

Activities& Activities::AddFallback(Body body) {
  fallback_ = std::move(body);
  return *this;
}

bool Activities::Has(std::string_view name) const {
  return fallback_ || bodies_.find(name) != bodies_.end();
}

ActivityOutcome Activities::Run(const ActivityTask& task,
                                ActivityContext& ctx) const {
  using End = ActivityOutcome::End;
  const auto found = bodies_.find(task.type);
  const Body& body = found == bodies_.end() ? fallback_ : found->second;
  if (!body) {
    return {
        End::kFailure,
        {},
        worker_internal::FailureOf(NotFound(
            "activity \"{}\" is not registered in this worker", task.type))};
  }
  Failure failure;
  try {
    absl::StatusOr<Payloads> result = body(ctx, task.input);
    if (ctx.ends_elsewhere()) return {End::kElsewhere, {}, {}};
    if (result.ok()) return {End::kResult, *std::move(result), {}};
    failure = worker_internal::FailureOf(result.status());
  } catch (const CanceledError& e) {
    return {End::kCanceled, e.failure().details, e.failure()};
  } catch (const WorkflowError& e) {
    failure = e.failure();
  } catch (const std::exception& e) {
    failure = ApplicationError(e.what(), "exception").failure();
  } catch (...) {
    failure =
        ApplicationError("an exception that is no std::exception", "exception")
            .failure();
  }
  return {End::kFailure, {}, std::move(failure)};
}

}  // namespace cohort
