package venue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"halcyon/market"
)

// ErrNoHistory says that a venue publishes nothing of the kind about the past.
var ErrNoHistory = errors.New("no history published")

// History is what a Feed can tell over REST of the time before it ran: coarse,
// and within the venue's limits. It is safe for concurrent use, and beside Run.
type History interface {
	// Bars returns the finished candles that lie within [from, to), by time
	// and without overlap, as fine as the venue and its limits allow; what is
	// older may be coarser. Missing ones are left out. The error wraps
	// ErrNoHistory where there are none to be had and ErrRateLimited where the
	// venue asks for patience; with an error come those of the newest time
	// that were had before it.
	Bars(ctx context.Context, id market.InstrumentID, from, to market.UnixMilli) ([]market.Candle, error)
	// OpenInterest is Bars for observations of the open interest, in contracts.
	OpenInterest(ctx context.Context, id market.InstrumentID, from, to market.UnixMilli) ([]market.OpenInterest, error)
}

// BarRow is a candle as most venues send one: open time, open, high, low,
// close, volume, and more, as numbers or texts.
type BarRow []json.Number

// Candles reads rows. width is how long a candle is; takerBuy the column of
// the volume that takers bought, 0 where there is none. The error wraps ErrFrame.
func Candles(rows []BarRow, width market.UnixMilli, takerBuy int) ([]market.Candle, error) {
	out := make([]market.Candle, 0, len(rows))
	for _, r := range rows {
		if len(r) < 6 || len(r) <= takerBuy {
			return nil, fmt.Errorf("candle %v: want at least open time, open, high, low, close, volume: %w", r, ErrFrame)
		}
		at, open, high, low, closed, volume := number(r[0]), number(r[1]), number(r[2]), number(r[3]), number(r[4]), number(r[5])
		c := market.Candle{OpenTime: market.UnixMilli(at), CloseTime: market.UnixMilli(at) + width, Open: market.Price(open), High: market.Price(high),
			Low: market.Price(low), Close: market.Price(closed), Volume: market.Contracts(volume), TakerBuyVolume: -1}
		if takerBuy > 0 {
			c.TakerBuyVolume = market.Contracts(number(r[takerBuy]))
		}
		if err := CheckCandle(c); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// number returns NaN for what is none.
func number(n json.Number) float64 {
	if v, err := n.Float64(); err == nil {
		return v
	}
	return math.NaN()
}

// NewCandle returns a candle of open, high, low and close, of a venue that names
// members. The error wraps ErrFrame.
func NewCandle(open, width market.UnixMilli, ohlc [4]Number, volume Number) (market.Candle, error) {
	c := market.Candle{OpenTime: open, CloseTime: open + width, Open: market.Price(ohlc[0]), High: market.Price(ohlc[1]),
		Low: market.Price(ohlc[2]), Close: market.Price(ohlc[3]), Volume: market.Contracts(volume), TakerBuyVolume: -1}
	return c, CheckCandle(c)
}

// CheckCandle reports a candle that cannot be; the error wraps ErrFrame.
func CheckCandle(c market.Candle) error {
	for _, p := range []market.Price{c.Open, c.High, c.Low, c.Close} {
		if !market.ValidPrice(p) || p > c.High || p < c.Low {
			return fmt.Errorf("candle %+v: want prices > 0 from low to high: %w", c, ErrFrame)
		}
	}
	inTime := c.OpenTime >= MinTime && c.OpenTime < c.CloseTime && c.CloseTime <= MaxTime
	if !inTime || !(c.Volume >= 0) || math.IsInf(float64(c.Volume), 0) || !(c.TakerBuyVolume <= c.Volume) {
		return fmt.Errorf("candle %+v: want a time since 2009 and volumes that are not negative: %w", c, ErrFrame)
	}
	return nil
}

// Observed is an open interest that was observed at a time, both as a venue
// writes them. The error wraps ErrFrame.
func Observed(at, contracts json.Number) (market.OpenInterest, error) {
	t, err := at.Int64()
	open := number(contracts)
	if err != nil || market.UnixMilli(t) < MinTime || market.UnixMilli(t) > MaxTime || !(open >= 0) || math.IsInf(open, 0) {
		return market.OpenInterest{}, fmt.Errorf("open interest %q at %q: want a number and a time since 2009: %w", contracts, at, ErrFrame)
	}
	return market.OpenInterest{EventTime: market.UnixMilli(t), Contracts: market.Contracts(open)}, nil
}
