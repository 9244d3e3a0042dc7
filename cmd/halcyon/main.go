// Command halcyon estimates where leveraged positions would be liquidated and
// shows it as a heatmap. This package is the only place that reads flags and
// environment; it wires the others together.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"halcyon/internal/lake"
	"halcyon/internal/venue"
	"halcyon/market"
)

// version is set by the build.
var version = "dev"

// commands is the command line.
type commands struct {
	Import   importCommand   `cmd:"" help:"Read files of recorded market data into the lake."`
	Fetch    fetchCommand    `cmd:"" help:"Fetch whole days from the public archives of venues into the lake, and draw them."`
	Replay   replayCommand   `cmd:"" help:"Draw maps from the events in the lake, or straight from archive files."`
	Serve    serveCommand    `cmd:"" help:"Serve the page and the API over what the lake holds."`
	Sim      simCommand      `cmd:"" help:"Put days of the simulated market into the lake and draw their maps."`
	Exchange exchangeCommand `cmd:"" help:"Stand in for real venues on this machine, with a simulated market."`
	Render   renderCommand   `cmd:"" help:"Draw the heatmap as a PNG, without a browser."`
	Tiers    tiersCommand    `cmd:"" help:"Take Binance's margin tiers from a file that you fetched with your key."`
	Score    scoreCommand    `cmd:"" help:"Score the model against published liquidations and true positions, beside baselines."`

	Version kong.VersionFlag `help:"Print the version and exit."`
}

// lakeFlag is common to all commands.
type lakeFlag struct {
	Lake string `default:"lake" env:"HALCYON_LAKE" placeholder:"DIR" help:"Folder (or bucket URL) that holds events and maps. Default: ${default}."`
}

func (f lakeFlag) open(ctx context.Context) (*lake.Lake, error) { return lake.Open(ctx, f.Lake) }

// Exit statuses. A user's mistake is told apart from a failure of ours.
const (
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is main without the process: it returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var c commands
	out := &output{stdout: stdout, stderr: stderr}
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("halcyon"),
		kong.Description("An open liquidation heatmap: where leveraged positions would be closed by force, estimated from trades and open interest."),
		kong.Vars{"version": version, "feeds": feedNames(), "exchanges": exchangeNames()},
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 110}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(out),
	)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintf(stderr, "halcyon: %v (halcyon --help lists the commands)\n", err)
		return exitUsage
	}
	err = parsed.Run()
	if err == nil || (errors.Is(err, context.Canceled) && ctx.Err() != nil) {
		return 0
	}
	fmt.Fprintf(stderr, "halcyon: %v%s\n", err, advice(err))
	if mistaken(err) {
		return exitUsage
	}
	return exitFailed
}

// advice says what to do about an error where it does not itself.
func advice(err error) string {
	if errors.Is(err, lake.ErrCorrupt) {
		return "; 'halcyon replay --fresh' draws damaged levels and columns anew, any other damaged file is to be deleted and its day imported again"
	}
	return ""
}

// mistaken reports whether an error is about what the user gave, not about us.
func mistaken(err error) bool {
	var input *venue.InputError
	return errors.Is(err, market.ErrInvalid) || errors.Is(err, lake.ErrCorrupt) || errors.Is(err, lake.ErrNotFound) ||
		errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) || full(err) || errors.As(err, &input)
}

// full reports that there is no room for what is to be written: the disk, a
// quota or a limit.
func full(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}
