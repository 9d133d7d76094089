// What goes wrong inside workflow code, and how code says so itself.
//
//   try {
//     co_await ctx.Activity<void>("charge", order);
//   } catch (const cohort::ActivityError& e) {
//     throw cohort::ApplicationError("cannot charge: " + e.message());
//   }
//
// These are the only exceptions of the library, and they live in workflow code
// only. A WorkflowError that leaves the workflow function closes the run as
// failed (CanceledError: as canceled). Any other exception fails the turn, not
// the run: code that is corrected can go on.
#ifndef COHORT_WORKFLOW_ERRORS_H_
#define COHORT_WORKFLOW_ERRORS_H_

#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "cohort/history/payload.h"

namespace cohort {

// The base of what an operation can fail with.
class WorkflowError : public std::exception {
 public:
  explicit WorkflowError(Failure failure) : failure_(std::move(failure)) {}

  const char* what() const noexcept override {
    return failure_.message.c_str();
  }
  const std::string& message() const { return failure_.message; }
  // As recorded, with its chain of causes.
  const Failure& failure() const { return failure_; }

 private:
  Failure failure_;
};

// Thrown by workflow code to close its run as failed.
class ApplicationError : public WorkflowError {
 public:
  // `type` is what callers and retry policies match on.
  explicit ApplicationError(std::string message, std::string type = "")
      : WorkflowError(Make(std::move(message), std::move(type))) {}

 private:
  static Failure Make(std::string message, std::string type) {
    Failure f;
    f.message = std::move(message);
    f.info = "applicationFailureInfo";
    f.type = std::move(type);
    return f;
  }
};

// An activity failed or timed out for good. failure() is the recorded one; its
// `type` and `timeout_type` say which.
class ActivityError : public WorkflowError {
 public:
  using WorkflowError::WorkflowError;
};

// A child workflow could not be started, or ended otherwise than by completing.
class ChildWorkflowError : public WorkflowError {
 public:
  using WorkflowError::WorkflowError;
};

// A Nexus operation failed or timed out.
class NexusError : public WorkflowError {
 public:
  using WorkflowError::WorkflowError;
};

// A signal to, or a request to cancel, another workflow did not arrive.
class ExternalError : public WorkflowError {
 public:
  using WorkflowError::WorkflowError;
};

// An operation was canceled; or, thrown by workflow code, closes its run as
// canceled.
class CanceledError : public WorkflowError {
 public:
  CanceledError() : WorkflowError(Make()) {}
  using WorkflowError::WorkflowError;

 private:
  static Failure Make() {
    Failure f;
    f.message = "canceled";
    f.info = "canceledFailureInfo";
    return f;
  }
};

// A recorded result is not of the type that the code asks for.
class ConversionError : public WorkflowError {
 public:
  using WorkflowError::WorkflowError;
};

// A value, or what came instead of it: what `co_await AsResult(future)` gives.
//
//   cohort::Result<int> r = co_await cohort::AsResult(future);
//   if (!r.ok()) co_await ctx.Activity<void>("undo", r.message());
//
// C++ has no co_await inside a catch handler, and compensation needs one.
template <typename T>
class Result {
 public:
  explicit Result(T value) : value_(std::move(value)) {}
  explicit Result(std::exception_ptr error) : error_(std::move(error)) {}

  bool ok() const { return error_ == nullptr; }
  // The value; throws the error where there is none.
  T& value() {
    Rethrow();
    return *value_;
  }
  // The error's message; "" where there is a value.
  std::string message() const { return MessageOf(error_); }
  // Is the error an E (ActivityError, CanceledError, ...)?
  template <typename E>
  bool Is() const {
    return IsA<E>(error_);
  }
  // Throws the error; does nothing where there is a value.
  void Rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

  static std::string MessageOf(const std::exception_ptr& error) {
    if (!error) return "";
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& e) {
      return e.what();
    } catch (...) {
      return "an exception that is no std::exception";
    }
  }
  template <typename E>
  static bool IsA(const std::exception_ptr& error) {
    if (!error) return false;
    try {
      std::rethrow_exception(error);
    } catch (const E&) {
      return true;
    } catch (...) {
      return false;
    }
  }

 private:
  std::optional<T> value_;
  std::exception_ptr error_;
};

template <>
class Result<void> {
 public:
  Result() = default;
  explicit Result(std::exception_ptr error) : error_(std::move(error)) {}

  bool ok() const { return error_ == nullptr; }
  std::string message() const { return Result<int>::MessageOf(error_); }
  template <typename E>
  bool Is() const {
    return Result<int>::IsA<E>(error_);
  }
  void value() const { Rethrow(); }
  void Rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::exception_ptr error_;
};

}  // namespace cohort

#endif  // COHORT_WORKFLOW_ERRORS_H_
