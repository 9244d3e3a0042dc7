// Package alert tells when something that a user asked for happens on a map:
// price comes near a zone, a hot zone appears, a zone is swept, much is
// liquidated, a feed goes stale.
//
// Three things are kept apart. [Evaluate] decides, and is pure: a rule, what
// was seen before and what is seen now give a firing or none. [Book] keeps
// rules, their states and what has fired. [Dispatcher] delivers through
// channels, tries again with back-off, and is never waited for: neither a map
// nor an engine knows that alerts exist, the [Watcher] looks at maps from
// beside.
//
// Addresses and tokens of channels come from whoever makes them; they appear
// in no rule, no firing and no error.
package alert
