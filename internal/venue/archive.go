package venue

import "halcyon/market"

// Archive is where a venue publishes files of whole UTC days, and how they are
// named. What is in them its Formats read.
type Archive struct {
	// URL is the archive's address, without a slash at its end.
	URL string
	// Symbol reports whether the archive may have an instrument, named as the
	// venue does; Example is one that it has.
	Symbol  func(symbol string) bool
	Example string
	// Day lists the files of an instrument and a UTC day.
	Day func(symbol string, day market.UnixMilli) []ArchiveFile
	// NoOpenInterest says that open interest is not among the files.
	NoOpenInterest bool
}

// ArchiveFile is one file of an Archive.
type ArchiveFile struct {
	// Path of the file, with a slash before it.
	Path string
	// Checksum is the path of its SHA-256, as sha256sum writes it; "" where the
	// archive has none.
	Checksum string
	// Trades says that the file holds all trades of the day.
	Trades bool
	// Instead is the path of coarser data that stand in while the file is not
	// published, with its checksum; "" for none.
	Instead, InsteadChecksum string
}
