// strata-log segment FILE
#include <limits>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "proto/batch/record_batch.h"
#include "storage/tool/commands/command.h"
#include "storage/tool/output.h"
#include "storage/tool/print/segment_text.h"
#include "storage/tool/walk/open_segment.h"
#include "storage/tool/walk/segment_walk.h"

namespace strata::storage::tool {
namespace {

struct SegmentOptions {
  std::string file;
  bool records = false;
  Offset from = 0;
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  Output output = Output::kText;
};

std::string RecordLines(std::string_view batch, const SegmentText& text) {
  auto reader = RecordBatchReader::Open(batch);
  if (!reader) return text.BadRecords(reader.error().message);
  std::string lines;
  RecordView record;
  while (reader->Next(&record)) lines += text.Record(record);
  if (!reader->status()) lines += text.BadRecords(reader->status().error().message);
  return lines;
}

// Walks all of the segment, but shows only what was asked for.
class Show {
 public:
  Show(const SegmentOptions& options, const OpenedSegment& segment)
      : options_(options),
        segment_(segment),
        text_(options.output == Output::kJson ? SegmentText::ForPrograms()
                                              : SegmentText::ForPeople()),
        walk_(*segment.file, segment.size_bytes, segment.offsets) {}

  Result<Verdict> Run() {
    STRATA_TRY_ASSIGN(bool wanted, Print(text_->Title()));
    while (wanted && shown_ < options_.max) {
      STRATA_TRY_ASSIGN(const SegmentWalk::Step step, walk_.Next());
      if (step == SegmentWalk::Step::kEnd) return End();
      if (step == SegmentWalk::Step::kGap) verdict_ = Verdict::kDamaged;
      STRATA_TRY_ASSIGN(wanted, Print(Lines(step)));
    }
    return verdict_;
  }

 private:
  std::string Lines(SegmentWalk::Step step) {
    if (step == SegmentWalk::Step::kGap) {
      return walk_.gap().offsets.end > options_.from ? text_->Gap(walk_.gap()) : "";
    }
    if (walk_.batch().header.next_offset() <= options_.from) return "";
    ++shown_;
    std::string lines = text_->Batch(walk_.batch());
    if (options_.records) lines += RecordLines(walk_.bytes(), *text_);
    return lines;
  }

  Result<Verdict> End() {
    for (const UnreadablePart& part : walk_.unreadable()) {
      STRATA_TRY(PrintAll(text_->Unreadable(part)));
      verdict_ = Verdict::kDamaged;
    }
    STRATA_TRY(PrintAll(
        text_->End({walk_.end(), walk_.position(), walk_.next_offset(), segment_.size_bytes})));
    return IsCleanEnd(walk_.end()) ? verdict_ : Verdict::kDamaged;
  }

  const SegmentOptions& options_;
  const OpenedSegment& segment_;
  const std::unique_ptr<SegmentText> text_;
  SegmentWalk walk_;
  std::int64_t shown_ = 0;
  Verdict verdict_ = Verdict::kIntact;
};

Result<Verdict> ShowSegment(const SegmentOptions& options) {
  STRATA_TRY_ASSIGN(const OpenedSegment segment, OpenSegment(options.file));
  return Show(options, segment).Run();
}

}  // namespace

void AddSegment(CLI::App& app, Context& context) {
  auto options = std::make_shared<SegmentOptions>();
  CLI::App& command = *app.add_subcommand("segment", "Prints the batches of a segment file");
  command.add_option("FILE", options->file, "a segment, or bytes that recovery has set aside")
      ->required();
  command.add_flag("--records", options->records, "print the records of each batch, too");
  command.add_option("--from", options->from, "begin with the batch that holds this offset")
      ->type_name("OFFSET")
      ->check(CLI::NonNegativeNumber);
  command.add_option("--max", options->max, "print this many batches at most")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber)
      ->default_str("all");
  AddOutput(command, &options->output);
  command.callback(
      [&context, options] { context.action = [options] { return ShowSegment(*options); }; });
}

}  // namespace strata::storage::tool
