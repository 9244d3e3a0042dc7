package market

import (
	"errors"
	"fmt"
	"math"
	"regexp"
)

// ErrInvalid marks a value that breaks a rule of this package. The message
// that wraps it says which value, and what would be right.
var ErrInvalid = errors.New("invalid")

// Venue is the lower-case name of an exchange, or "sim" for the simulated
// market: "binance", "hyperliquid".
type Venue string

// InstrumentID names one instrument of one venue. It is comparable and is the
// key under which everything about the instrument is stored.
type InstrumentID struct {
	Venue Venue
	// Symbol is the instrument's name in Halcyon: letters, digits, '-', '_' and '.'.
	Symbol string
}

// String returns "venue:symbol".
func (id InstrumentID) String() string { return string(id.Venue) + ":" + id.Symbol }

var nameRule = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// Validate reports whether both parts are names that are safe as a path
// element; the error wraps ErrInvalid.
func (id InstrumentID) Validate() error {
	if !nameRule.MatchString(string(id.Venue)) {
		return fmt.Errorf("venue %q: want letters, digits, '.', '_' or '-': %w", id.Venue, ErrInvalid)
	}
	if !nameRule.MatchString(id.Symbol) {
		return fmt.Errorf("symbol %q: want letters, digits, '.', '_' or '-': %w", id.Symbol, ErrInvalid)
	}
	return nil
}

// Settlement tells in which currency a contract gains and loses.
type Settlement uint8

const (
	// Linear contracts are sized in base coin and settle in quote currency.
	Linear Settlement = iota
	// Inverse contracts are sized in quote currency and settle in base coin.
	Inverse
)

// String returns "linear" or "inverse".
func (s Settlement) String() string { return [...]string{"linear", "inverse"}[s&1] }

// Instrument is one perpetual or future as the model needs to know it.
type Instrument struct {
	InstrumentID
	// Coin is the base coin, upper case: the same for one coin on every venue.
	Coin string
	// Quote is the currency that prices are in. USD stable coins are written USD.
	Quote string
	// Settlement tells linear from inverse.
	Settlement Settlement
	// ContractSize is base coins (Linear) or quote currency (Inverse) per contract, > 0.
	ContractSize float64
	// TickSize is the smallest price step, > 0. For display only.
	TickSize Price
}

// Validate reports the first field that is out of range; the error wraps ErrInvalid.
func (i Instrument) Validate() error {
	if err := i.InstrumentID.Validate(); err != nil {
		return err
	}
	if i.Coin == "" {
		return fmt.Errorf("instrument %s: coin is empty: %w", i.InstrumentID, ErrInvalid)
	}
	if !(i.ContractSize > 0) || math.IsInf(i.ContractSize, 0) {
		return fmt.Errorf("instrument %s: contract size %v, want > 0: %w", i.InstrumentID, i.ContractSize, ErrInvalid)
	}
	if !(i.TickSize > 0) || math.IsInf(float64(i.TickSize), 0) {
		return fmt.Errorf("instrument %s: tick size %v, want > 0: %w", i.InstrumentID, i.TickSize, ErrInvalid)
	}
	return nil
}

// NotionalOf returns the quote-currency value of q contracts at price p:
//
//	linear:  q · ContractSize · p
//	inverse: q · ContractSize (whatever the price)
func (i Instrument) NotionalOf(p Price, q Contracts) Notional {
	if i.Settlement == Inverse {
		return Notional(float64(q) * i.ContractSize)
	}
	return Notional(float64(q) * i.ContractSize * float64(p))
}

// ContractsOf returns the number of contracts worth n at price p; the inverse
// of NotionalOf.
func (i Instrument) ContractsOf(p Price, n Notional) Contracts {
	if i.Settlement == Inverse {
		return Contracts(float64(n) / i.ContractSize)
	}
	return Contracts(float64(n) / (i.ContractSize * float64(p)))
}
