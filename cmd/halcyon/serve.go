package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"halcyon/docs"
	"halcyon/internal/api"
	"halcyon/internal/atlas"
	"halcyon/internal/funding"
	"halcyon/internal/live"
	"halcyon/internal/score"
	"halcyon/liqmodel"
	"halcyon/market"
	"halcyon/web"
)

type serveCommand struct {
	lakeFlag
	liveFlags
	archiveFlags
	alertFlags
	Listen string `default:"127.0.0.1:8080" env:"HALCYON_LISTEN" placeholder:"ADDR" help:"Address to serve on; only this machine can reach the default. Default: ${default}."`
	Demo   bool   `help:"Where nothing live can be shown, fill an empty lake: with the recorded data in --data if there are any, otherwise with the simulated market."`
	Data   string `default:"../shared/data" env:"HALCYON_DATA" placeholder:"DIR" help:"Folder of recorded market data for --demo. Default: ${default}."`
	Open   bool   `help:"Open the page in the browser."`
}

func (serveCommand) Help() string {
	return `Maps whose events have changed are drawn anew in the background; the page shows what is there meanwhile.

With --live, venues are connected to over their public endpoints, without a key. What they tell is kept in the lake;
a restart goes on where it was left, asks for the trades of the time between, and marks as a gap what cannot be had.
A venue that does not answer disturbs no other, and is tried again all the time.

Examples:
  halcyon serve --live all --open
  halcyon serve --live okx,binance-usdm --coins BTC
  halcyon serve --live okx --venue-url okx=http://127.0.0.1:9001`
}

// shutdownGrace is how long requests under way may take after an interrupt.
const shutdownGrace = 3 * time.Second

func (c serveCommand) Run(ctx context.Context, out *output) (err error) {
	var seen observer
	feeds, err := c.feeds(live.NewSamples(filepath.Join(c.Lake, "malformed")), &seen)
	if err != nil {
		return err
	}
	channels, err := c.channels()
	if err != nil {
		return err
	}
	if !web.Built() {
		return errors.New("the page is not part of this binary: build it with 'make build'")
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return mistake("cannot listen on %q: %v: stop what uses the port, or name another with --listen", c.Listen, err)
	}
	defer listener.Close()
	l, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	if _, err := l.RemoveLeftovers(ctx); err != nil {
		out.warn("%v", err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	maps := live.NewMaps(l)
	a := atlas.New(maps, liqmodel.DefaultParams().Groups)
	maps.OnChange(a.Changed)
	rates := funding.New(l)
	p := &preparer{lake: servedLake{l, a, rates}, data: c.Data, demo: c.Demo, out: out}
	opt := api.Options{
		Atlas: a, Page: web.Dist(), Status: p.status, Render: renderPNG(a), Version: version, Funding: rates,
		Origin: func(l market.Listing) liqmodel.Origin { return modelParams(l).Origin },
		Track:  score.NewTrackRecords(ctx, maps, modelParams).Track, Docs: docs.Files, DefaultTiers: liqmodel.DefaultTiers(),
		Liquidations: l.Liquidations,
	}
	hub := &api.Hub{}
	alerts, err := openAlerts(ctx, l, a, channels, hub, out)
	if err != nil {
		return err
	}
	opt.Alerts = alerts.told()
	alerts.start(ctx)
	// Rules are stored until the very end, before the lake closes.
	defer func() { stop(); alerts.close() }()
	if len(feeds) > 0 {
		side, err := openLive(ctx, c.liveFlags, feeds, maps, p.lake, c.Lake, hub, out)
		if err != nil {
			return err
		}
		// Saved and closed before the lake, whatever else ends.
		defer func() { stop(); err = errors.Join(err, side.close()) }()
		p.live, opt.Live, opt.Metrics = side, side.told(), side.metrics()
		if err := seen.restore(ctx, l, out); err != nil {
			out.warn("%v: observed positions begin anew", err)
		}
		side.start(ctx)
		opt.Observed = seen.book
		seen.start(ctx, l, out)
		defer func() { stop(); seen.runs.Wait() }()
	}
	if c.Archive {
		u := &upgrader{archiveFlags: c.archiveFlags, lake: p.lake, live: p.live, days: max(1, c.Backfill), scratch: fetchDir(c.Lake), out: out}
		kinds, err := u.kinds()
		if err != nil {
			return err
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			u.run(ctx, kinds)
		}()
		// It writes to the lake, and asks the live side to draw.
		defer func() { stop(); <-ended }()
	}
	return c.serve(ctx, listener, opt, p)
}

// serve answers requests, with the preparer beside it, until ctx is done.
func (c serveCommand) serve(ctx context.Context, listener net.Listener, opt api.Options, p *preparer) error {
	handler, err := api.New(opt)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	url := "http://" + listener.Addr().String()
	p.out.say("Halcyon is on %s  (Ctrl-C stops it)", url)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	var preparing sync.WaitGroup
	preparing.Go(func() { p.run(ctx) })
	// The lake closes after whatever still writes to it.
	defer preparing.Wait()
	if c.Open {
		openBrowser(url)
	}
	select {
	case err := <-failed:
		stop()
		return fmt.Errorf("cannot serve on %q: %w", c.Listen, err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	return server.Shutdown(grace)
}

// openBrowser shows the page, where there is a screen to show it on.
func openBrowser(url string) {
	opener := map[string]string{"darwin": "open", "windows": "explorer"}[runtime.GOOS]
	if opener == "" {
		if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
			return
		}
		opener = "xdg-open"
	}
	if cmd := exec.Command(opener, url); cmd.Start() == nil {
		go func() { _ = cmd.Wait() }() // the printed address serves where this fails
	}
}

// parseInstant reads a time such as 2026-06-14T12:00:00Z.
func parseInstant(s string) (market.UnixMilli, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return market.UnixMilli(t.UnixMilli()), nil
		}
	}
	return 0, fmt.Errorf("time %q: want UTC such as 2026-06-14T12:00:00Z: %w", s, market.ErrInvalid)
}
