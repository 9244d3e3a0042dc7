package scorecard

import (
	"errors"
	"fmt"

	"halcyon/market"
)

// ErrLookAhead marks a forecast that knew something it could not have known.
var ErrLookAhead = errors.New("look-ahead")

// VerifyCausal refuses a forecast that rests on the future. claimed is what was
// forecast at an instant, however that was computed; build makes the same
// forecast from events. It is given those known before the instant and no
// others, so it cannot look ahead; where it arrives at anything else than was
// claimed, the claim did, and the error wraps ErrLookAhead. Events must be in
// order of time.
func VerifyCausal(at market.UnixMilli, claimed []float64, events []market.Event, build func(known []market.Event) ([]float64, error)) error {
	n := 0
	for n < len(events) && events[n].Time() < at {
		n++
	}
	rebuilt, err := build(events[:n:n])
	if err != nil {
		return err
	}
	if len(rebuilt) != len(claimed) {
		return fmt.Errorf("forecast of %v: %d values, %d from what was known then: %w", at, len(claimed), len(rebuilt), ErrLookAhead)
	}
	for i := range rebuilt {
		if rebuilt[i] != claimed[i] {
			return fmt.Errorf("forecast of %v: value %d is %v, %v from what was known then: %w", at, i, claimed[i], rebuilt[i], ErrLookAhead)
		}
	}
	return nil
}
