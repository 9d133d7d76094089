#include "cohort/workflow/registry.h"

#include <string>

#include "cohort/base/limits.h"
#include "cohort/testing/live_replay.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

inline constexpr Change kStep1{"Step1", 1, 2};

Task<void> Order(Context& ctx, std::string id, int count) {
  co_await ctx.Activity<void>("a", id, count);
}

TEST(RegistryTest, HeaderExample) {
  Registry registry;
  registry.Workflow("Order", Order, {kStep1});
  EXPECT_OK(registry.status());
  ASSERT_NE(registry.Find("Order"), nullptr);
  EXPECT_EQ(registry.Find("Order")->changes[0].id, "Step1");
}

TEST(RegistryTest, FindsBehindTheLastDot) {
  Registry registry;
  registry.Workflow("Order", Order).Workflow("b.Order", Order);
  EXPECT_EQ(registry.Find("main.Order")->name, "Order");
  EXPECT_EQ(registry.Find("b.Order")->name, "b.Order");
  EXPECT_EQ(registry.Find("Orders"), nullptr);
  EXPECT_EQ(registry.Find(""), nullptr);
}

TEST(RegistryTest, RefusesBadNames) {
  EXPECT_EQ(Registry().Workflow("", Order).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Registry()
                .Workflow(std::string(kNameBytesMax + 1, 'x'), Order)
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_OK(
      Registry().Workflow(std::string(kNameBytesMax, 'x'), Order).status());
  EXPECT_EQ(Registry()
                .Workflow("Order", Order)
                .Workflow("Order", Order)
                .status()
                .code(),
            absl::StatusCode::kAlreadyExists);
}

TEST(RegistryTest, RefusesBadChanges) {
  EXPECT_EQ(Registry().Workflow("A", Order, {{"", 1, 2}}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Registry().Workflow("A", Order, {{"x", 2, 1}}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(RegistryTest, ItsErrorIsTheRunsError) {
  Registry registry;
  registry.Workflow("Order", Order).Workflow("Order", Order);
  Recorder recorder({.registry = &registry}, "Order", {});
  EXPECT_EQ(recorder.RunTurn().code(), absl::StatusCode::kAlreadyExists);
}

TEST(RegistryTest, MissingArgumentsAreDefault) {
  Registry registry;
  registry.Workflow("Order", Order);
  Recorder recorder({.registry = &registry}, "Order", ToPayloads("o-1"));
  EXPECT_OK(recorder.RunTurn());
  ASSERT_EQ(recorder.commands().size(), 1u);
  EXPECT_EQ(recorder.commands()[0].input[1].data, "0");
}

TEST(RegistryTest, WrongArgumentNamesItsPlace) {
  Registry registry;
  registry.Workflow("Order", Order);
  Recorder recorder({.registry = &registry}, "Order", ToPayloads("o", "x"));
  const absl::Status status = recorder.RunTurn();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("argument 2"), std::string::npos) << status;
}

}  // namespace
}  // namespace cohort
