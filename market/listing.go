package market

// Listing is what is kept about an instrument beside its events.
type Listing struct {
	Instrument
	// Provenance tells where the events come from.
	Provenance Provenance
	// Tiers is the margin table in force when the events happened. Empty where
	// unknown; the model then assumes its documented default.
	Tiers MarginTiers
	// TiersFrom is the instant from which Tiers are known to hold; 0 where
	// unknown.
	TiersFrom UnixMilli
	// TiersSource says in a few words where Tiers come from: "Binance leverage
	// brackets". Empty where unknown.
	TiersSource string
}
