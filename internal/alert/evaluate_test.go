package alert

import (
	"errors"
	"testing"

	"halcyon/market"
)

const (
	minute = market.Minute
	begin  = 1_781_654_400_000
)

// zone is 1 % high; a long's lies below its price, a short's above.
func zone(side market.PositionSide, low market.Price, usd, z float64) Zone {
	return Zone{Side: side, Low: low, High: low * 1.01, USD: usd, Z: z}
}

func seen(at market.UnixMilli, price market.Price, zones ...Zone) Observation {
	return Observation{At: at, Price: price, Low: price, High: price, Zones: zones, Now: at}
}

// fires evaluates observations in turn and returns at which the rule fired.
func fires(r Rule, seq ...Observation) (at []int) {
	var st State
	for i, o := range seq {
		var hit *Hit
		if st, hit = Evaluate(r, st, o); hit != nil {
			at = append(at, i)
		}
	}
	return at
}

func equal(a []int, b ...int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestNearFiresOncePerCrossing(t *testing.T) {
	z := zone(market.Long, 90, 5e6, 3) // 90 to 90.9
	r := Rule{Kind: Near, Within: 0.02, USD: 1e6, CoolDown: minute}
	far, close := seen, seen
	got := fires(r, far(1*minute, 100, z), close(2*minute, 92, z), close(3*minute, 91.5, z), far(10*minute, 100, z), close(20*minute, 92, z))
	if !equal(got, 1, 4) {
		t.Errorf("fired at %v, want at 1 and 4", got)
	}
	for name, other := range map[string]Rule{
		"too small":       {Kind: Near, Within: 0.02, USD: 6e6},
		"the other side":  {Kind: Near, Within: 0.02, USD: 1e6, Side: "short"},
		"other prices":    {Kind: Near, Within: 0.02, USD: 1e6, Low: 80, High: 90},
		"not near enough": {Kind: Near, Within: 0.005, USD: 1e6},
	} {
		if got := fires(other, seen(minute, 92, z)); got != nil {
			t.Errorf("%s: fired at %v", name, got)
		}
	}
	if got := fires(Rule{Kind: Near, Within: 0.02, USD: 1e6, Side: "long", Low: 85, High: 95}, seen(minute, 92, z)); !equal(got, 0) {
		t.Errorf("a zone of the side and prices: fired at %v", got)
	}
}

func TestCoolDownSilencesEveryKind(t *testing.T) {
	z, s := zone(market.Long, 90, 5e6, 3), zone(market.Short, 110, 5e6, 3)
	loud := Observation{At: 0, Price: 91, Low: 80, High: 120, Zones: []Zone{z, s}, Liquidated: [2]market.Notional{1e6, 1e6}}
	quiet := Observation{Price: 100, Low: 100, High: 100}
	for _, r := range []Rule{
		{Kind: Near, Within: 0.02, USD: 1}, {Kind: Hot, Z: 2}, {Kind: Swept, USD: 1}, {Kind: Liquidation, USD: 1}, {Kind: Stale, Stale: minute},
	} {
		for _, coolDown := range []market.UnixMilli{minute, market.Hour} {
			r.CoolDown = coolDown
			var st State
			var last market.UnixMilli
			var hit *Hit
			count := 0
			for i := range market.UnixMilli(300) {
				o := quiet
				if r.Kind == Swept {
					o.Zones = loud.Zones
				}
				if i%2 == 0 {
					o = loud
				}
				o.At = begin + i*minute/2
				o.Now = o.At
				if i%3 == 0 && r.Kind == Stale {
					o.At = o.Now - 5*minute
				}
				if st, hit = Evaluate(r, st, o); hit == nil {
					continue
				}
				if count > 0 && hit.At-last < coolDown {
					t.Errorf("%s fired again after %d ms, cool-down %d ms", r.Kind, hit.At-last, coolDown)
				}
				last = hit.At
				count++
			}
			if count < 2 {
				t.Errorf("%s with a cool-down of %d ms fired %d times", r.Kind, coolDown, count)
			}
		}
	}
}

func TestHotTakesForGrantedWhatItFinds(t *testing.T) {
	old, other := zone(market.Long, 90, 5e6, 4), zone(market.Short, 110, 5e6, 5)
	moved := old
	moved.Low, moved.High = 90.5, 91.5
	r := Rule{Kind: Hot, Z: 3, CoolDown: 1}
	got := fires(r, seen(1, 100, old), seen(2, 100, moved), seen(3, 100, moved, other), seen(4, 100, moved), seen(5, 100, moved, other))
	if !equal(got, 2, 4) {
		t.Errorf("fired at %v, want at 2 and 4", got)
	}
}

func TestSweptNeedsPriceToPassThrough(t *testing.T) {
	long, short := zone(market.Long, 90, 5e6, 3), zone(market.Short, 110, 3e6, 3)
	touched := Observation{At: 2, Price: 95, Low: 90.5, High: 100}
	through := Observation{At: 2, Price: 95, Low: 89.9, High: 100}
	above := Observation{At: 2, Price: 105, Low: 100, High: 111.2}
	r := Rule{Kind: Swept, USD: 2e6}
	first := seen(1, 100, long, short)
	if got := fires(r, first, touched); got != nil {
		t.Errorf("touched: fired at %v", got)
	}
	if got := fires(r, first, through); !equal(got, 1) {
		t.Errorf("long zone: fired at %v", got)
	}
	if got := fires(r, first, above); !equal(got, 1) {
		t.Errorf("short zone: fired at %v", got)
	}
	if got := fires(Rule{Kind: Swept, USD: 4e6}, first, above); got != nil {
		t.Errorf("a small zone: fired at %v", got)
	}
	if got := fires(r, through); got != nil {
		t.Errorf("without anything known before: fired at %v", got)
	}
}

func TestLiquidationAndStale(t *testing.T) {
	big := Observation{At: 1, Price: 100, Liquidated: [2]market.Notional{2e6, 1e5}}
	if _, hit := Evaluate(Rule{Kind: Liquidation, USD: 1e6}, State{}, big); hit == nil || hit.Side != market.Long || hit.USD != 2e6 {
		t.Errorf("liquidation: %+v", hit)
	}
	if _, hit := Evaluate(Rule{Kind: Liquidation, USD: 1e6, Side: "short"}, State{}, big); hit != nil {
		t.Errorf("of the other side: %+v", hit)
	}
	if got := fires(Rule{Kind: Stale, Stale: 5 * minute, CoolDown: 1}, Observation{At: 0, Now: minute}, Observation{At: 0, Now: 6 * minute}, Observation{At: 0, Now: 7 * minute}, Observation{At: 8 * minute, Now: 8 * minute}, Observation{At: 8 * minute, Now: 14 * minute}); !equal(got, 1, 4) {
		t.Errorf("stale: fired at %v, want at 1 and 4", got)
	}
}

func TestValidateNamesTheField(t *testing.T) {
	good := Rule{Kind: Near, Venue: "sim", Symbol: "BTC", Within: 0.01, USD: 1e6}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Rule){
		"kind": func(r *Rule) { r.Kind = "other" }, "within": func(r *Rule) { r.Within = 2 }, "usd": func(r *Rule) { r.USD = -1 },
		"side": func(r *Rule) { r.Side = "up" }, "prices": func(r *Rule) { r.Low, r.High = 5, 4 }, "venue": func(r *Rule) { r.Venue = "../x" },
		"z": func(r *Rule) { r.Kind = Hot }, "stale": func(r *Rule) { r.Kind = Stale }, "cooldown": func(r *Rule) { r.CoolDown = -1 },
		"note": func(r *Rule) { r.Note = string(make([]rune, 121)) },
	} {
		r := good
		spoil(&r)
		if err := r.Validate(); !errors.Is(err, market.ErrInvalid) {
			t.Errorf("%s spoilt: %v", name, err)
		}
	}
}
