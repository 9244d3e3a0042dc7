package binance

import (
	"time"

	"halcyon/internal/venue"
	"halcyon/market"
)

// metricsChange is when Binance changed what create_time means: before, the
// end of the five minutes, when the snapshot was taken; from then on their
// start, so that the snapshot was taken five minutes later.
// Source: binance-public-data issue 491.
var metricsChange = market.UnixMilli(time.Date(2026, 6, 25, 0, 0, 0, 0, time.UTC).UnixMilli())

const (
	metricsPeriod  = 5 * market.Minute
	metricsSilence = metricsPeriod * 5 / 2
	metricsReason  = "open interest missing"
)

const (
	metricsTime venue.Column = iota
	metricsSymbol
	metricsOpenInterest
)

// The columns of a metrics file without a header; those behind the open
// interest are ratios that are not used.
var metricsColumns = []venue.ColumnSpec{
	venue.Col("create_time"), venue.Col("symbol"), venue.Col("sum_open_interest"),
	unused("sum_open_interest_value"), unused("count_toptrader_long_short_ratio"), unused("sum_toptrader_long_short_ratio"),
	unused("count_long_short_ratio"), unused("sum_taker_long_short_vol_ratio"),
}

func unused(name string) venue.ColumnSpec {
	return venue.ColumnSpec{Names: []string{name}, Optional: true}
}

func detectMetrics(f venue.File) venue.Match {
	switch fits := venue.HasHeader(f.Head, "create_time", "sum_open_interest"); {
	case f.Has("metrics"), fits && f.Has("binance"):
		return venue.Sure
	case fits:
		return venue.Maybe
	}
	return venue.No
}

func openMetrics(f venue.File, text venue.Text, opt venue.Options) (venue.Reader, error) {
	t, err := venue.OpenTable(f.Path, text, metricsColumns)
	if err != nil {
		return nil, err
	}
	m := &metrics{file: f, opt: opt, table: t, symbol: opt.Symbol}
	return venue.NewRowReader(venue.RowSource{File: f, Options: opt, Row: t.Row, Read: m.read,
		Silence: venue.Silence{Limit: metricsSilence, Reason: metricsReason}}), nil
}

// metrics reads the open interest of a metrics file. Zero open interest, a
// known fault of the archive, is passed over: it is not an observation. So is
// a row whose time was there before with the same value.
type metrics struct {
	file   venue.File
	opt    venue.Options
	table  *venue.Table
	symbol string
	before bool // a row labelled before metricsChange has been read
	last   market.OpenInterest
}

func (m *metrics) read(r *venue.RowReader) error {
	t := m.table
	if err := t.Next(); err != nil {
		return err
	}
	label, err := m.label()
	if err != nil {
		return err
	}
	if m.symbol == "" {
		m.symbol = string(t.Field(metricsSymbol))
		if err := checkSymbol(m.file, t.Row(), m.symbol); err != nil {
			return err
		}
	}
	if err := t.CheckSymbol(metricsSymbol, m.symbol); err != nil {
		return err
	}
	oi, err := t.Size(metricsOpenInterest)
	if err != nil {
		return err
	}
	e := market.OpenInterest{EventTime: m.takenAt(label), Contracts: oi}
	if r.First() {
		if err := checkSymbol(m.file, t.Row(), m.symbol); err != nil {
			return err
		}
		r.SetListing(listingOf(m.symbol, e.EventTime, 0))
	}
	switch {
	case oi == 0:
		r.Skip(func(c *venue.Counts) { c.ZeroOpenInterest++ })
	case e == m.last:
		r.Skip(func(c *venue.Counts) { c.Duplicates++ })
	default:
		r.Emit(e)
		m.last = e
	}
	return nil
}

// takenAt returns when the snapshot of a label was taken. The last row of the
// last file of the old kind bears the very moment of the change; it is told
// from the first row of a new file by the older rows before it.
func (m *metrics) takenAt(label market.UnixMilli) market.UnixMilli {
	if label < metricsChange {
		m.before = true
		return label
	}
	if label == metricsChange && m.before {
		return label
	}
	return label + metricsPeriod
}

// label reads create_time: "2026-06-24 00:05:00", UTC.
func (m *metrics) label() (market.UnixMilli, error) {
	at, err := time.Parse(time.DateTime, string(m.table.Field(metricsTime)))
	label := market.UnixMilli(at.UnixMilli())
	if err != nil || label < venue.MinTime || label >= venue.MaxTime {
		return 0, m.table.Fault(metricsTime, "a UTC time such as 2026-06-24 00:05:00, from 2009 to 2100")
	}
	return label, nil
}
