package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"halcyon/internal/lake"
	"halcyon/market"
)

// TestTiersRefresh: tiers of a file become those of the listing, once.
func TestTiersRefresh(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "lake")
	l, err := lake.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	id := market.InstrumentID{Venue: "binance", Symbol: "ETHUSDT"}
	err = l.PutListing(t.Context(), market.Listing{Instrument: market.Instrument{InstrumentID: id, Coin: "ETH", Quote: "USD", ContractSize: 1, TickSize: .01}, Provenance: market.Live})
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	file := filepath.Join(t.TempDir(), "brackets.json")
	call := func(text string) (int, string) {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		status := run(t.Context(), []string{"tiers", "--lake", dir, "--refresh", file}, &out, &out)
		return status, out.String()
	}
	const answer = `[{"symbol":"ETHUSDT","brackets":[{"initialLeverage":75,"notionalFloor":0,"maintMarginRatio":0.0065},{"initialLeverage":50,"notionalFloor":10000,"maintMarginRatio":0.01}]}]`
	if status, said := call(answer); status != 0 || !strings.Contains(said, "binance:ETHUSDT: 2 tiers, up to 75x") {
		t.Fatalf("status %d: %s", status, said)
	}
	if status, said := call(answer); status != 0 || !strings.Contains(said, "0 of 1") {
		t.Errorf("again: status %d: %s", status, said)
	}
	l, err = lake.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if stored, err := l.Listing(t.Context(), id); err != nil || len(stored.Tiers) != 2 || stored.Tiers[1].NotionalFloor != 10_000 {
		t.Errorf("%+v, %v", stored, err)
	}
	for _, bad := range []string{`{"code":-2015,"msg":"Invalid API-key"}`, strings.ReplaceAll(answer, "ETHUSDT", "XUSDT")} {
		if status, said := call(bad); status != exitUsage || !strings.Contains(said, "want") {
			t.Errorf("%s: status %d: %s", bad, status, said)
		}
	}
}
