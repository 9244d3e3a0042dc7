package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"time"

	"halcyon/internal/api"
	"halcyon/internal/atlas"
	"halcyon/liqmodel"
	"halcyon/market"
	"halcyon/web"
)

type serveCommand struct {
	lakeFlag
	Listen string `default:"127.0.0.1:8080" env:"HALCYON_LISTEN" placeholder:"ADDR" help:"Address to serve on; only this machine can reach the default. Default: ${default}."`
	Demo   bool   `help:"Fill an empty lake: with the recorded data in --data if there are any, otherwise with the simulated market."`
	Data   string `default:"../shared/data" env:"HALCYON_DATA" placeholder:"DIR" help:"Folder of recorded market data for --demo. Default: ${default}."`
	Open   bool   `help:"Open the page in the browser."`
}

func (serveCommand) Help() string {
	return `Maps whose events have changed are drawn anew in the background; the page shows what is there meanwhile.

Example:
  halcyon serve --demo --open`
}

// shutdownGrace is how long requests under way may take after an interrupt.
const shutdownGrace = 3 * time.Second

func (c serveCommand) Run(ctx context.Context, out *output) error {
	l, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	if !web.Built() {
		return errors.New("the page is not part of this binary: build it with 'make build'")
	}
	a := atlas.New(l, liqmodel.DefaultParams().Groups)
	p := &preparer{lake: servedLake{l, a}, data: c.Data, demo: c.Demo, out: out}
	handler, err := api.New(api.Options{
		Atlas: a, Page: web.Dist(), Status: p.status, Render: renderPNG(a), Version: version,
	})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return mistake("cannot listen on %q: %v: stop what uses the port, or name another with --listen", c.Listen, err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	url := "http://" + listener.Addr().String()
	out.say("Halcyon is on %s  (Ctrl-C stops it)", url)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	prepared := make(chan struct{})
	go func() {
		defer close(prepared)
		p.run(ctx)
	}()
	if c.Open {
		openBrowser(url)
	}
	select {
	case err := <-failed:
		return fmt.Errorf("cannot serve on %q: %w", c.Listen, err)
	case <-ctx.Done():
	}
	// The lake closes after whatever still writes to it.
	<-prepared
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
