package binance

import (
	"errors"
	"math"
	"testing"

	"halcyon/internal/venue"
	"halcyon/market"
)

// TestParseBrackets: the form of the answers is that of the venue's pages.
// Maintenance amounts come out as the venue's own cum.
func TestParseBrackets(t *testing.T) {
	mark := func(symbol string) (market.Price, bool) { return 50_000, symbol == "BTCUSD_PERP" }
	got, err := ParseBrackets([]byte(`[{"symbol":"ETHUSDT","notionalCoef":1.5,"brackets":[
		{"bracket":1,"initialLeverage":75,"notionalCap":10000,"notionalFloor":0,"maintMarginRatio":0.0065,"cum":0.0},
		{"bracket":2,"initialLeverage":50,"notionalCap":50000,"notionalFloor":10000,"maintMarginRatio":0.01,"cum":35.0}]},
		{"symbol":"BTCUSD_PERP","brackets":[
		{"bracket":1,"initialLeverage":125,"qtyCap":5,"qtyFloor":0,"maintMarginRatio":0.004,"cum":0.0},
		{"bracket":2,"initialLeverage":100,"qtyCap":10,"qtyFloor":5,"maintMarginRatio":0.005,"cum":0.005}]},
		{"symbol":"XRPUSD_PERP","brackets":[{"bracket":1,"initialLeverage":75,"qtyCap":5,"qtyFloor":0,"maintMarginRatio":0.004,"cum":0.0}]}]`), mark)
	if err != nil || len(got) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	if eth := got["ETHUSDT"]; len(eth) != 2 || eth[1].NotionalFloor != 10_000 || math.Abs(float64(eth[1].MaintenanceAmount)-35) > 1e-9 || eth[0].MaxLeverage != 75 {
		t.Errorf("ETHUSDT: %+v", eth)
	}
	if btc := got["BTCUSD_PERP"]; len(btc) != 2 || btc[1].NotionalFloor != 250_000 || btc[1].MaintenanceMarginRate != .005 {
		t.Errorf("BTCUSD_PERP: %+v", btc)
	}
	one, err := ParseBrackets([]byte(`{"symbol":"ETHUSDT","brackets":[{"bracket":1,"initialLeverage":75,"notionalCap":10000,"notionalFloor":0,"maintMarginRatio":0.0065,"cum":0.0}]}`), mark)
	if err != nil || len(one["ETHUSDT"]) != 1 {
		t.Errorf("one symbol: %+v, %v", one, err)
	}
	for _, bad := range []string{``, `{"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}`, `[{"symbol":"X","brackets":[{"initialLeverage":1}]}]`,
		`[{"symbol":"X","brackets":[]}]`, `[{"symbol":"X","brackets":[{"initialLeverage":1,"notionalFloor":7,"maintMarginRatio":0.1}]}]`} {
		if got, err := ParseBrackets([]byte(bad), mark); !errors.Is(err, venue.ErrFrame) {
			t.Errorf("%s is %+v, %v", bad, got, err)
		}
	}
}
