package venue

import (
	"fmt"

	"halcyon/market"
)

// InputError is a fault of a file that its owner can find and mend. Its
// message is one line: file, row, field, what was found, what was expected.
// It wraps market.ErrInvalid.
type InputError struct {
	// File is the file as the user named it.
	File string
	// Row is the 1-based line of the decompressed text, the header counted;
	// 0 where the fault is of the whole file.
	Row int64
	// Field names the column or key; empty where the fault is of the whole row.
	Field string
	// Got is what was found, at most a few words; Want what would be right.
	Got, Want string
}

// Error implements error: `trades.csv row 17: price "abc": want a number > 0`.
func (e *InputError) Error() string {
	s := e.File
	if e.Row > 0 {
		s += fmt.Sprintf(" row %d", e.Row)
	}
	s += ":"
	if e.Field != "" {
		s += " " + e.Field
	}
	if e.Got != "" || e.Field != "" {
		s += fmt.Sprintf(" %q:", shorten(e.Got))
	}
	return s + " want " + e.Want
}

// Unwrap makes errors.Is(err, market.ErrInvalid) true.
func (e *InputError) Unwrap() error { return market.ErrInvalid }

// shorten keeps a message on one line of a terminal.
func shorten(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return s[:most] + "..."
}

// Empty is the fault of a file without a row of data.
func Empty(file string) error {
	return &InputError{File: file, Want: "at least one row of data; the file is empty"}
}
