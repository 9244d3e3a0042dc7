package liqmodel

import (
	"bytes"
	_ "embed" // the shipped parameters
	"encoding/json"
	"fmt"

	"halcyon/market"
)

//go:embed learned.json
var shipped []byte

// LearnedParams returns the parameters that Halcyon ships: learned from the
// earliest part of the recorded sets only; see Origin and docs/MODEL.md.
func LearnedParams() Params {
	p, err := ParseParams(shipped)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return p
}

// ParseParams reads parameters from JSON, as encoding/json writes a Params. An
// unknown field is an error, so that a misspelt one is not silently the
// default. The error wraps market.ErrInvalid.
func ParseParams(data []byte) (Params, error) {
	var p Params
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return p, fmt.Errorf("model parameters: %w: %w", err, market.ErrInvalid)
	}
	return p, p.Validate()
}
