package venue

import "errors"

// ErrRateLimited marks an answer that asks for patience: wait until
// FeedState.LimitedUntil, do not ask again before.
var ErrRateLimited = errors.New("rate limited")

// ErrNoTiers says that a venue publishes no margin table without a key and
// that none is known beforehand.
var ErrNoTiers = errors.New("no margin tiers")
