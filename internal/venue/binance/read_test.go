package binance

import (
	"errors"
	"io"
	"strings"
	"testing"

	"halcyon/internal/venue"
	"halcyon/market"
)

// readAll reads a text as one format, and returns its events as a set.
func readAll(name, text, format string, opt venue.Options) (*market.EventSet, venue.Reader, error) {
	set := &market.EventSet{}
	file := venue.File{Path: name, Name: name, Head: []byte(text)}
	for _, f := range Formats() {
		if f.Name != format {
			continue
		}
		r, err := f.Open(file, venue.NewLineBlocks(name, strings.NewReader(text)), opt)
		for err == nil {
			var e market.Event
			if e, err = r.Next(); err == nil {
				enter(set, e)
			}
		}
		if err == io.EOF {
			err = nil
		}
		return set, r, err
	}
	panic("no format " + format)
}

func enter(set *market.EventSet, e market.Event) {
	switch e := e.(type) {
	case *market.Trades:
		for i := range e.Len() {
			set.Trades.Append(e.EventTime[i], e.LastPrice[i], e.Size[i], e.Taker[i])
		}
	case market.OpenInterest:
		set.OpenInterest = append(set.OpenInterest, e)
	case market.MarkPrice:
		set.MarkPrices = append(set.MarkPrices, e)
	case market.FundingRate:
		set.FundingRates = append(set.FundingRates, e)
	case market.Liquidation:
		set.Liquidations = append(set.Liquidations, e)
	case market.Candle:
		set.Candles = append(set.Candles, e)
	case market.Gap:
		set.Gaps = append(set.Gaps, e)
	}
}

// mustRead is readAll of a text that is good.
func mustRead(t *testing.T, name, text, format string, opt venue.Options) (*market.EventSet, venue.Reader) {
	t.Helper()
	set, r, err := readAll(name, text, format, opt)
	if err != nil {
		t.Fatal(err)
	}
	return set, r
}

// wantFault checks that a text is refused with exactly this message.
func wantFault(t *testing.T, name, text, format string, opt venue.Options, want string) {
	t.Helper()
	_, _, err := readAll(name, text, format, opt)
	if fault := (*venue.InputError)(nil); !errors.As(err, &fault) {
		t.Errorf("got %v, want an InputError: %s", err, want)
	} else if got := err.Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
