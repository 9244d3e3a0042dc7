package market

// Listing is what is kept about an instrument beside its events.
type Listing struct {
	Instrument
	// Provenance tells where the events come from.
	Provenance Provenance
	// Tiers is the margin table in force when the events happened. Empty where
	// unknown; the model then assumes its documented default.
	Tiers MarginTiers
}
