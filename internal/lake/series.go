package lake

import "halcyon/market"

// The rows of the kinds that have one row an event. FORMAT.md describes them.
type (
	openInterestRow struct {
		Time      int64   `parquet:"time,timestamp(millisecond),delta,zstd"`
		Contracts float64 `parquet:"contracts,zstd"`
	}
	markPriceRow struct {
		Time       int64   `parquet:"time,timestamp(millisecond),delta,zstd"`
		MarkPrice  float64 `parquet:"mark_price,zstd"`
		IndexPrice float64 `parquet:"index_price,zstd"`
	}
	fundingRow struct {
		Time int64   `parquet:"time,timestamp(millisecond),delta,zstd"`
		Rate float64 `parquet:"rate,zstd"`
	}
	liquidationRow struct {
		Time            int64   `parquet:"time,timestamp(millisecond),delta,zstd"`
		Side            string  `parquet:"side,dict"`
		Size            float64 `parquet:"size,zstd"`
		AvgFillPrice    float64 `parquet:"avg_fill_price,zstd"`
		BankruptcyPrice float64 `parquet:"bankruptcy_price,zstd"`
	}
	candleRow struct {
		OpenTime       int64   `parquet:"open_time,timestamp(millisecond),delta,zstd"`
		CloseTime      int64   `parquet:"close_time,timestamp(millisecond),delta,zstd"`
		Open           float64 `parquet:"open,zstd"`
		High           float64 `parquet:"high,zstd"`
		Low            float64 `parquet:"low,zstd"`
		Close          float64 `parquet:"close,zstd"`
		Volume         float64 `parquet:"volume,zstd"`
		TakerBuyVolume float64 `parquet:"taker_buy_volume,zstd"`
	}
	gapRow struct {
		From   int64  `parquet:"from_time,timestamp(millisecond),delta,zstd"`
		To     int64  `parquet:"to_time,timestamp(millisecond),delta,zstd"`
		Reason string `parquet:"reason,zstd"`
	}
	lapseRow struct {
		From   int64  `parquet:"from_time,timestamp(millisecond),delta,zstd"`
		To     int64  `parquet:"to_time,timestamp(millisecond),delta,zstd"`
		Stream string `parquet:"stream,dict"`
		Reason string `parquet:"reason,zstd"`
	}
)

// series lists every kind of event but trades, in the order they are written.
var series = []aSeries{
	seriesOf(kindOpenInterest, "time: UTC milliseconds; contracts: open contracts, each counted once",
		func(s *market.EventSet) *[]market.OpenInterest { return &s.OpenInterest },
		func(e market.OpenInterest) openInterestRow {
			return openInterestRow{int64(e.EventTime), float64(e.Contracts)}
		},
		func(r openInterestRow) market.OpenInterest {
			return market.OpenInterest{EventTime: market.UnixMilli(r.Time), Contracts: market.Contracts(r.Contracts)}
		}),
	seriesOf(kindMarkPrice, "time: UTC milliseconds; mark_price, index_price: quote per base, index_price 0 where not given",
		func(s *market.EventSet) *[]market.MarkPrice { return &s.MarkPrices },
		func(e market.MarkPrice) markPriceRow {
			return markPriceRow{int64(e.EventTime), float64(e.MarkPrice), float64(e.IndexPrice)}
		},
		func(r markPriceRow) market.MarkPrice {
			return market.MarkPrice{EventTime: market.UnixMilli(r.Time), MarkPrice: market.Price(r.MarkPrice), IndexPrice: market.Price(r.IndexPrice)}
		}),
	seriesOf(kindFunding, "time: UTC milliseconds; rate: fraction of notional that longs pay shorts per interval of the venue",
		func(s *market.EventSet) *[]market.FundingRate { return &s.FundingRates },
		func(e market.FundingRate) fundingRow { return fundingRow{int64(e.EventTime), float64(e.Rate)} },
		func(r fundingRow) market.FundingRate {
			return market.FundingRate{EventTime: market.UnixMilli(r.Time), Rate: market.Ratio(r.Rate)}
		}),
	seriesOf(kindLiquidations, "time: UTC milliseconds; side: of the position that was closed; size: contracts; prices: quote per base, 0 where not published",
		func(s *market.EventSet) *[]market.Liquidation { return &s.Liquidations },
		func(e market.Liquidation) liquidationRow {
			return liquidationRow{int64(e.EventTime), e.Side.String(), float64(e.Size), float64(e.AvgFillPrice), float64(e.BankruptcyPrice)}
		},
		func(r liquidationRow) market.Liquidation {
			return market.Liquidation{
				EventTime: market.UnixMilli(r.Time), Side: sideNamed(r.Side), Size: market.Contracts(r.Size),
				AvgFillPrice: market.Price(r.AvgFillPrice), BankruptcyPrice: market.Price(r.BankruptcyPrice),
			}
		}),
	seriesOf(kindCandles, "open_time, close_time: UTC milliseconds, half-open; prices: quote per base; volumes: contracts, taker_buy_volume negative where not published",
		func(s *market.EventSet) *[]market.Candle { return &s.Candles },
		func(e market.Candle) candleRow {
			return candleRow{
				int64(e.OpenTime), int64(e.CloseTime), float64(e.Open), float64(e.High), float64(e.Low), float64(e.Close),
				float64(e.Volume), float64(e.TakerBuyVolume),
			}
		},
		func(r candleRow) market.Candle {
			return market.Candle{
				OpenTime: market.UnixMilli(r.OpenTime), CloseTime: market.UnixMilli(r.CloseTime),
				Open: market.Price(r.Open), High: market.Price(r.High), Low: market.Price(r.Low), Close: market.Price(r.Close),
				Volume: market.Contracts(r.Volume), TakerBuyVolume: market.Contracts(r.TakerBuyVolume),
			}
		}),
	seriesOf(kindGaps, "from_time, to_time: UTC milliseconds, half-open; reason: what was lost, for people",
		func(s *market.EventSet) *[]market.Gap { return &s.Gaps },
		func(e market.Gap) gapRow { return gapRow{int64(e.From), int64(e.To), e.Reason} },
		func(r gapRow) market.Gap {
			return market.Gap{From: market.UnixMilli(r.From), To: market.UnixMilli(r.To), Reason: r.Reason}
		}),
	seriesOf(kindLapses, "from_time, to_time: UTC milliseconds, half-open; stream: what is missing while trades are there; reason: why, for people",
		func(s *market.EventSet) *[]market.Lapse { return &s.Lapses },
		func(e market.Lapse) lapseRow {
			return lapseRow{int64(e.From), int64(e.To), e.Stream.String(), e.Reason}
		},
		func(r lapseRow) market.Lapse {
			return market.Lapse{From: market.UnixMilli(r.From), To: market.UnixMilli(r.To), Stream: streamNamed(r.Stream), Reason: r.Reason}
		}),
}

// sideNamed reads what market.PositionSide.String wrote. It is called while an
// object is decoded, where guard makes its panic an ErrCorrupt.
func sideNamed(name string) market.PositionSide {
	for s := market.Long; s < market.Sides; s++ {
		if s.String() == name {
			return s
		}
	}
	panic("side " + name + ", want long or short")
}

// streamNamed reads what market.Stream.String wrote, as sideNamed does a side.
func streamNamed(name string) market.Stream {
	for s := range market.Stream(market.Streams) {
		if s.String() == name {
			return s
		}
	}
	panic("unknown stream " + name)
}
