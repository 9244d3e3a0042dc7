package market

import "time"

// Price is an amount of quote currency for one unit of base currency
// (USD per BTC). A valid price is finite and greater than zero.
type Price float64

// Contracts is a number of an instrument's contracts, the only quantity the
// model counts in: open interest, trades and positions of one instrument add
// up in contracts whatever the price does. One contract of a linear
// instrument is ContractSize base coins; of an inverse one, ContractSize
// units of quote currency. Quantities are at least zero; the side is told
// apart by a side type, never by the sign.
type Contracts float64

// Notional is an amount of quote currency (USD), at least zero unless a
// comment says otherwise.
type Notional float64

// Ratio is a plain fraction: 0.004 is 0.4 %. Never percent, never basis points.
type Ratio float64

// Leverage is position notional divided by the equity that backs it, at least 1
// for a setting; an effective leverage may lie below 1.
type Leverage float64

// UnixMilli is an instant in UTC milliseconds since 1970-01-01.
type UnixMilli int64

// Lengths of time in milliseconds, to build widths and windows from.
const (
	Second UnixMilli = 1000
	Minute           = 60 * Second
	Hour             = 60 * Minute
	Day              = 24 * Hour
)

// Time returns t as a UTC time.Time.
func (t UnixMilli) Time() time.Time { return time.UnixMilli(int64(t)).UTC() }

// String returns t in RFC 3339 with milliseconds, UTC.
func (t UnixMilli) String() string { return t.Time().Format("2006-01-02T15:04:05.000Z") }

// Date returns the UTC calendar day that holds t, as 2006-01-02.
func (t UnixMilli) Date() string { return t.Time().Format(time.DateOnly) }

// Floor returns the greatest multiple of width (> 0) that is not after t:
// the start of the half-open interval [start, start+width) that holds t.
func (t UnixMilli) Floor(width UnixMilli) UnixMilli {
	r := t % width
	if r < 0 {
		r += width
	}
	return t - r
}

// Bucket returns the index of the half-open interval of the given width (> 0)
// that holds t, counted from the UTC epoch.
func (t UnixMilli) Bucket(width UnixMilli) BucketIndex {
	return BucketIndex(t.Floor(width) / width)
}

// BucketIndex numbers half-open time intervals of one width from the UTC
// epoch: index i of width w covers [i*w, (i+1)*w). It means nothing without
// its width.
type BucketIndex int64

// Start returns the first millisecond of bucket i of the given width.
func (i BucketIndex) Start(width UnixMilli) UnixMilli { return UnixMilli(i) * width }
