#include "proto/codec/names.h"

#include <gtest/gtest.h>

#include <string>

#include "proto/codec/field_checker.h"
#include "proto/codec/resource_name.h"
#include "tests/proto/filled_message.h"

namespace skein::codec {
namespace {

TEST(NamesTest, FindsVertiportsAndAircraftByName) {
  const Names names = SmallNames();

  EXPECT_EQ(names.FindVertiport("SJC"), VertiportId{2});
  EXPECT_EQ(names.FindAircraft("N02"), AircraftId{1});
  EXPECT_FALSE(names.FindVertiport("N02").valid());
  EXPECT_FALSE(names.FindAircraft("").valid());
}

TEST(NamesTest, AnAddedAircraftContinuesTheNumbering) {
  Names names = SmallNames();

  EXPECT_EQ(names.AddAircraft("N03"), AircraftId{2});
  EXPECT_EQ(names.FindAircraft("N03"), AircraftId{2});
  EXPECT_EQ(names.Of(AircraftId{2}), "N03");
}

TEST(NamesTest, AnInvalidIdHasNoName) { EXPECT_EQ(SmallNames().Of(VertiportId{}), ""); }

TEST(IdTest, TakesOneTo64OfTheLegalCharacters) {
  EXPECT_TRUE(IsId("a"));
  EXPECT_TRUE(IsId("N-1_x.Z"));
  EXPECT_TRUE(IsId(std::string(64, 'a')));
  EXPECT_FALSE(IsId(""));
  EXPECT_FALSE(IsId(std::string(65, 'a')));
  EXPECT_FALSE(IsId("a b"));
  EXPECT_FALSE(IsId("a/b"));
  EXPECT_FALSE(IsId(std::string("a\0b", 3)));
  EXPECT_FALSE(IsId("é"));
}

TEST(IdTest, TheErrorShowsTheTextEscapedAndShortened) {
  const absl::Status nul = CheckId("networkId", std::string("a\0b", 3));
  EXPECT_EQ(nul.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(nul.message()),
            "networkId = \"a\\000b\", want 1 to 64 of the characters A-Z a-z 0-9 _ . -");

  const absl::Status tall = CheckId("networkId", std::string(1'000'000, 'a'));
  EXPECT_LT(tall.message().size(), 200U);
}

TEST(ResourceNameTest, GivesBackTheId) {
  EXPECT_EQ(NetworkName("bay"), "networks/bay");
  EXPECT_EQ(ParseNetworkName("name", "networks/bay").value(), "bay");
}

TEST(ResourceNameTest, RefusesEverythingElse) {
  for (const char* name : {"", "bay", "networks/", "networks/a/b", "Networks/bay", "networks/a b"})
    EXPECT_EQ(ParseNetworkName("name", name).status().code(), absl::StatusCode::kInvalidArgument)
        << name;
}

TEST(HexDigestTest, RoundTrips) {
  EXPECT_EQ(HexDigest(0), "0000000000000000");
  EXPECT_EQ(HexDigest(0x0123456789ABCDEFU), "0123456789abcdef");
  EXPECT_EQ(ParseHexDigest("digest", "fedcba9876543210").value(), 0xFEDCBA9876543210U);
}

TEST(HexDigestTest, RefusesOtherSpellings) {
  for (const char* text : {"", "0", "FEDCBA9876543210", "fedcba987654321g", "fedcba98765432100"})
    EXPECT_EQ(ParseHexDigest("digest", text).status().code(), absl::StatusCode::kInvalidArgument)
        << text;
}

}  // namespace
}  // namespace skein::codec
