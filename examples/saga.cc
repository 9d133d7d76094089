#include "cohort/examples/saga.h"

#include <string>
#include <utility>
#include <vector>

namespace cohort_examples {
namespace {

using cohort::ActivityOptions;
using cohort::Context;
using cohort::Future;
using cohort::Result;
using cohort::Task;
using namespace std::chrono_literals;

// What was done, and what undoes it.
class Compensations {
 public:
  void Add(std::string activity, std::string booking) {
    steps_.push_back({std::move(activity), std::move(booking)});
  }

  // The newest first. The scope is detached: the run may have been canceled.
  // A step that fails keeps none of the others from running.
  Task<void> Run(Context& ctx) {
    cohort::CancelScope cleanup(ctx, cohort::ScopeLink::kDetached);
    while (!steps_.empty()) {
      const auto [activity, booking] = std::move(steps_.back());
      steps_.pop_back();
      (void)co_await AsResult(cleanup.ctx().Activity<void>(activity, booking));
    }
  }

 private:
  struct Step {
    std::string activity;
    std::string booking;
  };
  std::vector<Step> steps_;
};

Task<std::string> Book(Context& ctx, std::string who, Compensations* undo) {
  auto flight = ctx.Activity<std::string>("book-flight", who);
  auto hotel = ctx.Activity<std::string>("book-hotel", who);
  co_await WhenAll(flight, hotel);  // until both have ended, however

  Result<std::string> flight_booked = co_await AsResult(flight);
  Result<std::string> hotel_booked = co_await AsResult(hotel);
  if (flight_booked.ok()) undo->Add("cancel-flight", flight_booked.value());
  if (hotel_booked.ok()) undo->Add("cancel-hotel", hotel_booked.value());
  flight_booked.Rethrow();
  hotel_booked.Rethrow();

  co_await ctx.Activity<void>(
      ActivityOptions().StartToClose(30s).MaximumAttempts(3), "charge", who);
  co_return "booked: " + flight_booked.value() + ", " + hotel_booked.value();
}

Task<std::string> Trip(Context& ctx, std::string who) {
  Compensations undo;
  Result<std::string> trip = co_await AsResult(Book(ctx, who, &undo));
  if (!trip.ok()) co_await undo.Run(ctx);
  co_return trip.value();  // throws what the booking failed with
}

}  // namespace

void RegisterTrip(cohort::Registry& registry) {
  registry.Workflow("Trip", Trip);
}

}  // namespace cohort_examples
