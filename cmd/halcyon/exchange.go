package main

import (
	"context"
	"net"
	"strings"
	"time"

	"halcyon/internal/sim/exchange"
	"halcyon/internal/sim/loopback"
)

type exchangeCommand struct {
	Listen string        `default:"127.0.0.1:9100" placeholder:"ADDR" help:"Address to serve the venues on, each below its name. Default: ${default}."`
	Venues []string      `placeholder:"NAMES" help:"Venues to stand in for. Default: ${exchanges}."`
	Coins  []string      `default:"BTC,ETH,SOL" help:"Coins that are traded on each. Default: ${default}."`
	Seed   uint64        `default:"1" help:"Seed of the markets. Default: ${default}."`
	Past   time.Duration `placeholder:"SPAN" help:"Begin the market so long ago (10m, 2h), and run ten times as fast, once somebody connects, until it has caught up."`
	Load   float64       `placeholder:"N" help:"Add N trades a second of the smallest size, over all venues and coins together."`
}

func (exchangeCommand) Help() string {
	return `Stands in for real venues on this machine: each speaks its own REST and websocket protocol, and all trade one
simulated market a coin. Connectors reach them through the code that reaches the venues; only the address differs.

Example:
  halcyon exchange &
  halcyon serve --live all --venue-url all=http://127.0.0.1:9100 --lake loopback --open

Something goes wrong on demand (drop, stall, duplicate, reorder, garbage, half a frame, slow, disconnect, refuse, away):
  curl -d venue=okx -d kind=stall -d for=45s http://127.0.0.1:9100/fault
  curl -d venue=all -d kind=refuse -d status=429 -d after=30s -d for=30s http://127.0.0.1:9100/fault`
}

func (c exchangeCommand) Run(ctx context.Context, out *output) error {
	street, err := loopback.New(loopback.Options{Venues: c.Venues, Coins: c.Coins, Seed: c.Seed, Past: c.Past, Load: c.Load})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return mistake("cannot listen on %q: %v: stop what uses the port, or name another with --listen", c.Listen, err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	at := "http://" + listener.Addr().String()
	out.say("SIMULATED venues are on %s  (Ctrl-C stops them); reach them with: halcyon serve --live all --venue-url all=%s", at, at)
	failed := make(chan error, 1)
	go func() {
		failed <- street.Serve(listener)
		stop()
	}()
	err = street.Run(ctx)
	street.Close()
	if served := <-failed; err == nil && ctx.Err() == nil {
		err = served
	}
	return err
}

func exchangeNames() string { return strings.Join(exchange.Names(), ", ") }
