package knowledge_test

import (
	"reflect"
	"testing"

	"latchkey/knowledge"
)

func TestGroup(t *testing.T) {
	got := knowledge.Group([]string{"where is my parcel", "gift card balance?", "where's the parcel", "where is my parcel now", "баланс подарочной карты", "👍", "balance of gift cards", "👎"})
	want := [][]int{{0, 2, 3}, {1, 6}, {5, 7}, {4}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("grouped as %v, want %v", got, want)
	}
}
