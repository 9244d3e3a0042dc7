// Package atlas reads stored maps for those who show them: it gathers the days
// that a window touches, remembers those lately read, and normalises columns.
//
// It is what the API and the renderer have in common, so that a number on the
// page and the same number in a picture come from one place. It knows neither
// HTTP nor colours. An Atlas is safe for concurrent use.
package atlas
