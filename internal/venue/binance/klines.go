package binance

import (
	"halcyon/internal/venue"
	"halcyon/market"
)

func detectKlines(f venue.File) venue.Match {
	if !venue.IsCandles(f) || isMark(f) {
		return venue.No
	}
	return mine(f)
}

func detectMarkKlines(f venue.File) venue.Match {
	if !venue.IsCandles(f) || !isMark(f) {
		return venue.No
	}
	return mine(f)
}

// mine is Sure of what says that it is Binance's.
func mine(f venue.File) venue.Match {
	if f.Has("binance") {
		return venue.Sure
	}
	return venue.Maybe
}

// isMark tells klines of the mark price from those of trades, which have the
// same columns: by a word of the path, or because nothing was ever traded.
func isMark(f venue.File) bool {
	return f.Has("mark") || f.Has("markpriceklines") || venue.NoVolume(f.Head)
}

func openKlines(f venue.File, text venue.Text, opt venue.Options) (venue.Reader, error) {
	return openCandles(f, text, opt, func(r *venue.RowReader, c market.Candle) { r.Emit(c) })
}

// openMarkKlines reads the mark price at each close, which is known in the
// bar's last millisecond. When within the bar its high and low were is not
// known, so they are not used.
func openMarkKlines(f venue.File, text venue.Text, opt venue.Options) (venue.Reader, error) {
	return openCandles(f, text, opt, func(r *venue.RowReader, c market.Candle) {
		r.Emit(market.MarkPrice{EventTime: c.CloseTime - 1, MarkPrice: c.Close})
	})
}

func openCandles(f venue.File, text venue.Text, opt venue.Options, emit func(*venue.RowReader, market.Candle)) (venue.Reader, error) {
	symbol, err := symbolOf(f, opt)
	if err != nil {
		return nil, err
	}
	return venue.OpenCandles(venue.CandleSource{File: f, Text: text, Options: opt, Emit: emit,
		Listing: func(at market.UnixMilli) market.Listing { return listingOf(symbol, at, stepOf(f.Head, 4)) }})
}
