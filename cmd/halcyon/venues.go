package main

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"halcyon/internal/venue"
	"halcyon/internal/venue/binance"
	"halcyon/internal/venue/bitget"
	"halcyon/internal/venue/bitmex"
	"halcyon/internal/venue/bybit"
	"halcyon/internal/venue/deribit"
	"halcyon/internal/venue/gate"
	"halcyon/internal/venue/hyperliquid"
	"halcyon/internal/venue/kraken"
	"halcyon/internal/venue/okx"
	"halcyon/market"
)

// feedKind is a market of a venue that can be connected to.
type feedKind struct {
	// name is what --live and --venue-url call it.
	name string
	open func(venue.FeedOptions) venue.Feed
}

// feedKinds lists every feed, in the order in which they are shown.
var feedKinds = []feedKind{
	{"binance-usdm", binance.NewUSDM},
	{"binance-coinm", binance.NewCOINM},
	{"bybit-linear", bybit.NewLinear},
	{"bybit-inverse", bybit.NewInverse},
	{"okx", okx.NewFeed},
	{"hyperliquid", hyperliquid.NewFeed},
	{"bitmex", bitmex.NewFeed},
	{"bitget", bitget.NewFeed},
	{"gate", gate.NewFeed},
	{"deribit", deribit.NewFeed},
	{"kraken", kraken.NewFeed},
}

func feedNames() string {
	names := make([]string, len(feedKinds))
	for i, k := range feedKinds {
		names[i] = k.name
	}
	return strings.Join(names, ", ")
}

// feedsNamed opens the feeds that a user named: each by its whole name, by its
// venue ("binance" is both of its markets), or "all". malformed returns what
// takes the frames of a feed that cannot be read.
func feedsNamed(names []string, urls map[string]string, malformed func(feed string) func([]byte, error), seen *observer) ([]venue.Feed, error) {
	wanted := map[string]bool{}
	for _, name := range names {
		found := false
		for _, k := range feedKinds {
			if name == "all" || name == k.name || strings.HasPrefix(k.name, name+"-") {
				wanted[k.name], found = true, true
			}
		}
		if !found {
			return nil, mistake("--live %q: want all, or some of %s", name, feedNames())
		}
	}
	for name, at := range urls {
		if !wanted[name] && !(name == "all" && len(wanted) > 0) {
			return nil, mistake("--venue-url %q: not among the feeds of --live; want NAME=URL with all or a name of %s", name, feedNames())
		}
		if u, err := url.Parse(at); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return nil, mistake("--venue-url %s=%s: want the address of a server such as http://127.0.0.1:9001", name, at)
		}
	}
	var feeds []venue.Feed
	for _, k := range feedKinds {
		if !wanted[k.name] {
			continue
		}
		opt := venue.FeedOptions{Malformed: malformed(k.name)}
		if at := urls[k.name]; at != "" {
			opt = opt.At(at)
		} else if at := urls["all"]; at != "" {
			opt = opt.At(strings.TrimRight(at, "/") + "/" + k.name)
		}
		feeds = append(feeds, k.open(seen.tap(k.name, opt)))
	}
	return feeds, nil
}

// pick chooses, of a feed's instruments, one a coin and settlement: the one
// against USDT where there is one, because it is traded most, else the first.
func pick(all []market.Listing, coins []string) (out []market.Listing) {
	rank := func(l market.Listing) int {
		if strings.Contains(l.Symbol, "USDT") {
			return 0
		}
		return 1
	}
	for _, coin := range coins {
		for _, s := range []market.Settlement{market.Linear, market.Inverse} {
			var of []market.Listing
			for _, l := range all {
				if strings.EqualFold(l.Coin, coin) && l.Settlement == s {
					of = append(of, l)
				}
			}
			if len(of) > 0 {
				out = append(out, slices.MinFunc(of, func(a, b market.Listing) int { return cmp.Compare(rank(a), rank(b)) }))
			}
		}
	}
	return out
}
