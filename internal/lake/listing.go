package lake

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"halcyon/market"
)

// listingFile is the JSON form of a market.Listing. The checksum is the
// CRC-32C, in hexadecimal, of the instrument field without white space.
type listingFile struct {
	Checksum   string          `json:"checksum"`
	Instrument json.RawMessage `json:"instrument"`
}

type listingJSON struct {
	Venue        string     `json:"venue"`
	Symbol       string     `json:"symbol"`
	Coin         string     `json:"coin"`
	Quote        string     `json:"quote"`
	Settlement   string     `json:"settlement"`
	ContractSize float64    `json:"contract_size"`
	TickSize     float64    `json:"tick_size"`
	Provenance   string     `json:"provenance"`
	MarginTiers  []tierJSON `json:"margin_tiers,omitempty"`
	TiersFrom    int64      `json:"margin_tiers_from,omitempty"`
	TiersSource  string     `json:"margin_tiers_source,omitempty"`
}

// tierJSON leaves notional_cap out where there is none: JSON has no infinity.
type tierJSON struct {
	NotionalFloor         float64  `json:"notional_floor"`
	NotionalCap           *float64 `json:"notional_cap,omitempty"`
	MaxLeverage           float64  `json:"max_leverage"`
	MaintenanceMarginRate float64  `json:"maintenance_margin_rate"`
	MaintenanceAmount     float64  `json:"maintenance_amount"`
}

// PutListing replaces what is kept about an instrument beside its events. The
// error wraps market.ErrInvalid where the listing breaks a rule.
func (l *Lake) PutListing(ctx context.Context, m market.Listing) error {
	if err := m.Validate(); err != nil {
		return fmt.Errorf("cannot store listing: %w", err)
	}
	data, err := encodeListing(m)
	if err != nil {
		return fmt.Errorf("cannot store listing %q: %w", m.InstrumentID, err)
	}
	return l.put(ctx, prefix(kindInstrument, m.InstrumentID)+listingName, "application/json", func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// Listing returns what PutListing stored last, or ErrNotFound.
func (l *Lake) Listing(ctx context.Context, id market.InstrumentID) (market.Listing, error) {
	if err := id.Validate(); err != nil {
		return market.Listing{}, fmt.Errorf("cannot read listing: %w", err)
	}
	key := prefix(kindInstrument, id) + listingName
	data, err := l.get(ctx, key)
	if err != nil {
		return market.Listing{}, err
	}
	m, err := decodeListing(data)
	if err != nil {
		return market.Listing{}, corrupt(key, "%v", err)
	}
	if m.InstrumentID != id {
		return market.Listing{}, corrupt(key, "holds %s", m.InstrumentID)
	}
	return m, nil
}

// Listings returns every instrument of the lake, by venue and symbol.
func (l *Lake) Listings(ctx context.Context) ([]market.Listing, error) {
	names, err := l.list(ctx, fmt.Sprintf("kind=%s/", kindInstrument))
	if err != nil {
		return nil, err
	}
	var all []market.Listing
	for _, name := range names {
		id, ok := instrumentOf(name)
		if !ok {
			continue
		}
		m, err := l.Listing(ctx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b market.Listing) int {
		return cmp.Or(cmp.Compare(a.Venue, b.Venue), cmp.Compare(a.Symbol, b.Symbol))
	})
	return all, nil
}

// instrumentOf reads venue=V/symbol=S/instrument.json.
func instrumentOf(name string) (market.InstrumentID, bool) {
	parts := strings.Split(name, "/")
	if len(parts) != 3 || parts[2] != listingName {
		return market.InstrumentID{}, false
	}
	venue, okVenue := strings.CutPrefix(parts[0], "venue=")
	symbol, okSymbol := strings.CutPrefix(parts[1], "symbol=")
	id := market.InstrumentID{Venue: market.Venue(venue), Symbol: symbol}
	return id, okVenue && okSymbol && id.Validate() == nil
}

func encodeListing(m market.Listing) ([]byte, error) {
	j := listingJSON{
		Venue: string(m.Venue), Symbol: m.Symbol, Coin: m.Coin, Quote: m.Quote, Settlement: m.Settlement.String(),
		ContractSize: m.ContractSize, TickSize: float64(m.TickSize), Provenance: string(m.Provenance),
		TiersFrom: int64(m.TiersFrom), TiersSource: m.TiersSource,
	}
	for _, t := range m.Tiers {
		row := tierJSON{
			NotionalFloor: float64(t.NotionalFloor), MaxLeverage: float64(t.MaxLeverage),
			MaintenanceMarginRate: float64(t.MaintenanceMarginRate), MaintenanceAmount: float64(t.MaintenanceAmount),
		}
		if limit := float64(t.NotionalCap); !math.IsInf(limit, 1) {
			row.NotionalCap = &limit
		}
		j.MarginTiers = append(j.MarginTiers, row)
	}
	body, err := json.Marshal(j)
	if err != nil {
		return nil, err
	}
	data, err := json.MarshalIndent(listingFile{Checksum: hexSum(body), Instrument: body}, "", "  ")
	return append(data, '\n'), err
}

func hexSum(b []byte) string { return fmt.Sprintf("%08x", checksum(b)) }

func decodeListing(data []byte) (market.Listing, error) {
	var file listingFile
	if err := decodeStrict(data, &file); err != nil {
		return market.Listing{}, err
	}
	var body bytes.Buffer
	if err := json.Compact(&body, file.Instrument); err != nil {
		return market.Listing{}, err
	}
	if sum := hexSum(body.Bytes()); sum != file.Checksum {
		return market.Listing{}, fmt.Errorf("checksum %q, want %q", file.Checksum, sum)
	}
	var j listingJSON
	if err := decodeStrict(body.Bytes(), &j); err != nil {
		return market.Listing{}, err
	}
	m := market.Listing{
		Instrument: market.Instrument{
			InstrumentID: market.InstrumentID{Venue: market.Venue(j.Venue), Symbol: j.Symbol}, Coin: j.Coin, Quote: j.Quote,
			ContractSize: j.ContractSize, TickSize: market.Price(j.TickSize),
		},
		Provenance: market.Provenance(j.Provenance),
		TiersFrom:  market.UnixMilli(j.TiersFrom), TiersSource: j.TiersSource,
	}
	switch j.Settlement {
	case market.Linear.String():
	case market.Inverse.String():
		m.Settlement = market.Inverse
	default:
		return market.Listing{}, fmt.Errorf("settlement %q, want linear or inverse", j.Settlement)
	}
	for _, t := range j.MarginTiers {
		limit := market.Notional(math.Inf(1))
		if t.NotionalCap != nil {
			limit = market.Notional(*t.NotionalCap)
		}
		m.Tiers = append(m.Tiers, market.MarginTier{
			NotionalFloor: market.Notional(t.NotionalFloor), NotionalCap: limit, MaxLeverage: market.Leverage(t.MaxLeverage),
			MaintenanceMarginRate: market.Ratio(t.MaintenanceMarginRate), MaintenanceAmount: market.Notional(t.MaintenanceAmount),
		})
	}
	return m, m.Validate()
}

// decodeStrict is json.Unmarshal that refuses unknown fields and trailing data.
func decodeStrict(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("data after the end")
	}
	return nil
}
