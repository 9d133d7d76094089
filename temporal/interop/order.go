// The order of examples/order.h as a user of the Go SDK writes it, and what
// that SDK says of histories.
//
//	order worker ADDRESS QUEUE GENERATION   until its input ends
//	order replay FILE...                    FILE <tab> GENERATION <tab> ok|nondeterminism|other-error
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"go.temporal.io/sdk/activity"
)

// One state of the code: how it checks for fraud, and how it is paid.
type generation struct {
	name  string
	fraud func(workflow.Context) string // the activity; "" for none
	split func(workflow.Context) bool
}

func guardedFraud(ctx workflow.Context, min, max workflow.Version) string {
	switch workflow.GetVersion(ctx, "fraud-check", min, max) {
	case 1:
		return "fraudCheck"
	case 2:
		return "fraudCheckV2"
	}
	return ""
}

func never(workflow.Context) bool { return false }
func guarded(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, "split-charge", workflow.DefaultVersion, 1) == 1
}
func always(ctx workflow.Context) bool {
	workflow.GetVersion(ctx, "split-charge", 1, 1)
	return true
}

var generations = []generation{
	{"g0", func(workflow.Context) string { return "" }, never},
	{"g1", func(ctx workflow.Context) string { return guardedFraud(ctx, workflow.DefaultVersion, 1) }, never},
	{"g2", func(ctx workflow.Context) string { return guardedFraud(ctx, workflow.DefaultVersion, 2) }, guarded},
	{"g3", func(ctx workflow.Context) string { return guardedFraud(ctx, 1, 2) }, guarded},
	{"g4", func(ctx workflow.Context) string {
		workflow.GetVersion(ctx, "fraud-check", 2, 2)
		return "fraudCheckV2"
	}, always},
	{"g5", func(workflow.Context) string { return "fraudCheckV2" }, always},
	// Wrong: no guard.
	{"b1", func(workflow.Context) string { return "fraudCheck" }, never},
}

type input struct {
	OrderID    string `json:"orderId"`
	FailCharge bool   `json:"failCharge"`
}

var quiet = log.NewStructuredLogger(slog.New(slog.DiscardHandler))

var retry = &temporal.RetryPolicy{InitialInterval: 100 * time.Millisecond, MaximumAttempts: 2}

func call(ctx workflow.Context, name, argument string) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second, RetryPolicy: retry})
	return workflow.ExecuteActivity(ctx, name, argument).Get(ctx, nil)
}

func price(_ context.Context, id string) (string, error) { return "price:" + id, nil }

func notify(ctx workflow.Context, id string) (string, error) {
	return "email:" + id, call(ctx, "email", id)
}

func (g generation) order(ctx workflow.Context, in input) (string, error) {
	status, address, payment := "new", "", in.OrderID
	if in.FailCharge {
		payment += "#fail"
	}
	if err := workflow.SetQueryHandler(ctx, "status", func() (string, error) { return status, nil }); err != nil {
		return "", err
	}
	err := workflow.SetUpdateHandlerWithOptions(ctx, "set-address",
		func(_ workflow.Context, to string) (string, error) { address = to; return "ok:" + address, nil },
		workflow.UpdateHandlerOptions{Validator: func(_ workflow.Context, to string) error {
			if to == "" {
				return fmt.Errorf("empty address")
			}
			return nil
		}})
	if err != nil {
		return "", err
	}
	cancel := workflow.GetSignalChannel(ctx, "cancel-order")

	status = "validating"
	if err := call(ctx, "validate", in.OrderID); err != nil {
		return "", err
	}
	if check := g.fraud(ctx); check != "" {
		if err := call(ctx, check, in.OrderID); err != nil {
			return "", err
		}
	}
	status = "waiting"
	if err := workflow.Sleep(ctx, time.Second); err != nil {
		return "", err
	}
	if err := g.pay(ctx, in.OrderID, payment); err != nil {
		return "", err
	}
	var reason string
	if cancel.ReceiveAsync(&reason) {
		return "refunded:" + reason, call(ctx, "refund", in.OrderID)
	}
	if err := priceAndTell(ctx, in.OrderID); err != nil {
		return "", err
	}
	status = "grace"
	withdrawn, err := withdrawnWithin(ctx, cancel, &reason)
	if err != nil {
		return "", err
	}
	if withdrawn {
		return "refunded:" + reason, call(ctx, "refund", in.OrderID)
	}
	status = "shipping"
	if err := call(ctx, "ship", in.OrderID); err != nil {
		return "", err
	}
	status = "done"
	items, added := 0, workflow.GetSignalChannel(ctx, "add-item")
	for added.ReceiveAsync(nil) {
		items++
	}
	return fmt.Sprintf("shipped:%s:%d", in.OrderID, items), nil
}

func (g generation) pay(ctx workflow.Context, id, payment string) error {
	if !g.split(ctx) {
		return call(ctx, "charge", payment)
	}
	if err := call(ctx, "reserve", id); err != nil {
		return err
	}
	return call(ctx, "capture", payment)
}

func priceAndTell(ctx workflow.Context, id string) error {
	local := workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: 10 * time.Second, RetryPolicy: retry})
	if err := workflow.ExecuteLocalActivity(local, "price", id).Get(ctx, nil); err != nil {
		return err
	}
	child := workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID: workflow.GetInfo(ctx).WorkflowExecution.ID + "-notify"})
	return workflow.ExecuteChildWorkflow(child, "Notify", id).Get(ctx, nil)
}

func withdrawnWithin(ctx workflow.Context, cancel workflow.ReceiveChannel, reason *string) (bool, error) {
	scope, stop := workflow.WithCancel(ctx)
	timer, withdrawn := workflow.NewTimer(scope, time.Second), false
	workflow.NewSelector(ctx).
		AddReceive(cancel, func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, reason); withdrawn = true }).
		AddFuture(timer, func(workflow.Future) {}).
		Select(ctx)
	if withdrawn {
		stop()
		return true, nil
	}
	return false, timer.Get(ctx, nil)
}

func find(name string) generation {
	for _, g := range generations {
		if g.name == name {
			return g
		}
	}
	fmt.Fprintln(os.Stderr, "order: unknown generation", name)
	os.Exit(2)
	return generation{}
}

func work(address, queue string, g generation) error {
	c, err := client.Dial(client.Options{HostPort: address, Logger: quiet})
	if err != nil {
		return err
	}
	defer c.Close()
	w := worker.New(c, queue, worker.Options{})
	w.RegisterWorkflowWithOptions(g.order, workflow.RegisterOptions{Name: "Order"})
	w.RegisterWorkflowWithOptions(notify, workflow.RegisterOptions{Name: "Notify"})
	for _, name := range []string{"validate", "fraudCheck", "fraudCheckV2", "charge", "reserve", "capture", "refund", "email", "ship"} {
		w.RegisterActivityWithOptions(func(_ context.Context, argument string) (string, error) {
			if strings.Contains(argument, "#fail") {
				return "", temporal.NewNonRetryableApplicationError(name+" failed", "Declined", nil)
			}
			return name + ":" + argument, nil
		}, activity.RegisterOptions{Name: name})
	}
	w.RegisterActivityWithOptions(price, activity.RegisterOptions{Name: "price"})
	if err := w.Start(); err != nil {
		return err
	}
	fmt.Println("ready")
	_, err = io.Copy(io.Discard, os.Stdin)
	w.Stop()
	return err
}

func verdict(file string, g generation) string {
	replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{DisableDeadlockDetection: true})
	if err != nil {
		return "other-error"
	}
	replayer.RegisterWorkflowWithOptions(g.order, workflow.RegisterOptions{Name: "Order"})
	replayer.RegisterWorkflowWithOptions(notify, workflow.RegisterOptions{Name: "Notify"})
	in, err := os.Open(file)
	if err != nil {
		return "other-error"
	}
	defer in.Close()
	history, err := client.HistoryFromJSON(in, client.HistoryJSONOptions{})
	if err != nil || len(history.Events) == 0 || history.Events[0].EventType != enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED {
		return "other-error"
	}
	start := history.Events[0].GetWorkflowExecutionStartedEventAttributes()
	err = replayer.ReplayWorkflowHistoryWithOptions(quiet, history, worker.ReplayWorkflowHistoryOptions{
		OriginalExecution: workflow.Execution{ID: start.WorkflowId, RunID: start.OriginalExecutionRunId}})
	switch {
	case err == nil:
		return "ok"
	case strings.Contains(err.Error(), "TMPRL1100"):
		return "nondeterminism"
	}
	fmt.Fprintln(os.Stderr, file, g.name, err)
	return "other-error"
}

func main() {
	args := os.Args[1:]
	switch {
	case len(args) == 4 && args[0] == "worker":
		if err := work(args[1], args[2], find(args[3])); err != nil {
			fmt.Fprintln(os.Stderr, "order:", err)
			os.Exit(1)
		}
	case len(args) > 1 && args[0] == "replay":
		for _, file := range args[1:] {
			for _, g := range generations {
				fmt.Printf("%s\t%s\t%s\n", file, g.name, verdict(file, g))
			}
		}
	default:
		fmt.Fprintln(os.Stderr, "usage: order worker ADDRESS QUEUE GENERATION | order replay FILE...")
		os.Exit(2)
	}
}
