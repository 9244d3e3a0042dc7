package venue

import (
	"path"
	"slices"
	"strings"
)

// Words returns the words of the file's folders and name, in lower case and
// in order, split at everything that is neither letter nor digit. It serves
// to look for a venue or a kind: "binance", "mark", "5m".
func (f File) Words() []string {
	return strings.FieldsFunc(strings.ToLower(path.Join(f.Path, f.Name)), notAlphanumeric)
}

// Has reports whether the file's folders or name hold the word (lower case).
func (f File) Has(word string) bool { return slices.Contains(f.Words(), word) }

// NameWords returns the words of the name alone, as they are written.
func (f File) NameWords() []string { return strings.FieldsFunc(f.Name, notAlphanumeric) }

func notAlphanumeric(r rune) bool {
	return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}

// PickSymbol settles the instrument of a file whose rows do not name it:
// what the file's name says, or else the option, and both must agree where
// both are given.
func (f File) PickSymbol(inName string, opt Options) (string, error) {
	switch {
	case inName == "" && opt.Symbol == "":
		return "", &InputError{File: f.Path, Field: "symbol",
			Want: "the instrument's symbol in the file's name, or --symbol"}
	case inName == "":
		return opt.Symbol, nil
	case opt.Symbol != "" && !strings.EqualFold(opt.Symbol, inName):
		return "", &InputError{File: f.Path, Field: "symbol", Got: inName, Want: opt.Symbol + ", the symbol that was asked for"}
	}
	return inName, nil
}
