package alert

import (
	"fmt"
	"math"
	"unicode/utf8"

	"halcyon/market"
)

// Kind says what a rule waits for.
type Kind string

// The kinds of rules.
const (
	// Near: price is within Within of a zone of at least USD.
	Near Kind = "near"
	// Hot: a zone of at least Z appears where none was.
	Hot Kind = "hot"
	// Swept: price passes through a zone of at least USD.
	Swept Kind = "swept"
	// Liquidation: at least USD of realised liquidations within a minute.
	Liquidation Kind = "liquidation"
	// Stale: no column has closed for Stale.
	Stale Kind = "stale"
)

// DefaultCoolDown is how long a rule that has fired is silent.
const DefaultCoolDown = 15 * market.Minute

// Rule is what a user asks to be told of, for one instrument. Fields that its
// kind does not name are ignored.
type Rule struct {
	// ID is given by the Book.
	ID     string `json:"id" readOnly:"true" doc:"given by the server"`
	Kind   Kind   `json:"kind" enum:"near,hot,swept,liquidation,stale"`
	Venue  string `json:"venue" example:"hyperliquid"`
	Symbol string `json:"symbol" example:"BTC"`
	// Side limits to zones and liquidations of longs or of shorts; empty is both.
	Side string `json:"side,omitempty" enum:"long,short," doc:"long, short, or left out for both"`
	// Within is a fraction of price: near.
	Within float64 `json:"within,omitempty" doc:"near: fraction of price, 0.01 is 1 %"`
	// USD is the least notional: near, swept, liquidation.
	USD float64 `json:"usd,omitempty" doc:"near, swept, liquidation: least notional, USD"`
	// Z is the least z-score of a zone's fullest bin: hot.
	Z float64 `json:"z,omitempty" doc:"hot: least z-score"`
	// Low and High limit to zones that touch these prices; both 0 is everywhere.
	Low  float64 `json:"low,omitempty" doc:"near, hot, swept: only zones that touch [low, high); 0: anywhere"`
	High float64 `json:"high,omitempty"`
	// Stale is how old the newest column may be (ms): stale.
	Stale market.UnixMilli `json:"stale_ms,omitempty" doc:"stale: how old the newest column may be, ms"`
	// CoolDown is how long the rule is silent after it fired (ms); 0 means DefaultCoolDown.
	CoolDown market.UnixMilli `json:"cooldown_ms,omitempty" doc:"silence after firing, ms; default 15 min"`
	// Note is the user's own word for it, at most 120 characters.
	Note string `json:"note,omitempty" maxLength:"120"`
	// Paused rules are kept and not evaluated.
	Paused bool `json:"paused,omitempty"`
}

// Instrument returns what the rule watches.
func (r Rule) Instrument() market.InstrumentID {
	return market.InstrumentID{Venue: market.Venue(r.Venue), Symbol: r.Symbol}
}

// coolDown returns the rule's silence after firing.
func (r Rule) coolDown() market.UnixMilli {
	if r.CoolDown == 0 {
		return DefaultCoolDown
	}
	return r.CoolDown
}

// Validate reports the first field that its kind cannot do with; the error
// wraps market.ErrInvalid.
func (r Rule) Validate() error {
	bad := func(field string, got any, want string) error {
		return fmt.Errorf("rule %s %v: want %s: %w", field, got, want, market.ErrInvalid)
	}
	if err := r.Instrument().Validate(); err != nil {
		return err
	}
	finite := func(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
	switch {
	case r.Side != "" && r.Side != market.Long.String() && r.Side != market.Short.String():
		return bad("side", fmt.Sprintf("%q", r.Side), "long, short or none")
	case r.CoolDown < 0 || r.CoolDown > 30*market.Day:
		return bad("cooldown_ms", int64(r.CoolDown), "0 to 30 days")
	case utf8.RuneCountInString(r.Note) > 120:
		return bad("note", fmt.Sprintf("of %d characters", utf8.RuneCountInString(r.Note)), "at most 120")
	case r.Low != 0 || r.High != 0:
		if !(r.Low > 0 && r.High > r.Low && finite(r.High)) {
			return bad("prices", fmt.Sprintf("%v to %v", r.Low, r.High), "low above 0 and below high")
		}
	}
	switch r.Kind {
	case Near:
		if !(r.Within > 0 && r.Within <= 0.5) {
			return bad("within", r.Within, "a fraction of price above 0, at most 0.5")
		}
	case Hot:
		if !(r.Z > 0 && finite(r.Z)) {
			return bad("z", r.Z, "above 0")
		}
	case Stale:
		if r.Stale < market.Minute || r.Stale > 7*market.Day {
			return bad("stale_ms", int64(r.Stale), "a minute to 7 days")
		}
	case Swept, Liquidation:
	default:
		return bad("kind", fmt.Sprintf("%q", r.Kind), "near, hot, swept, liquidation or stale")
	}
	if r.Kind == Near || r.Kind == Swept || r.Kind == Liquidation {
		if !(r.USD > 0 && finite(r.USD)) {
			return bad("usd", r.USD, "above 0")
		}
	}
	return nil
}
