"""Pairs the documents of two versions, whether one version came from the other or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.outputs.changes.model import Document


@dataclass(frozen=True, slots=True)
class DocumentPair:
    """Two documents whose rows are compared; `old` is None for an added document, `new` for one that is gone."""

    old: Document | None
    new: Document | None

    @property
    def source_path(self) -> str:
        """The path of the document, relative to the raw folder."""
        document = self.new or self.old
        assert document
        return document.source_path

    @property
    def same_document(self) -> bool:
        """Whether both are the same file."""
        return bool(self.old and self.new and self.old.document_id == self.new.document_id)


def pair_documents(old: Mapping[str, Document], new: Mapping[str, Document]) -> list[DocumentPair]:
    """Pairs documents with rows: the same file, else the file that replaces it, else another file at the same path."""
    before, now = _live(old), _live(new)
    pairs = [DocumentPair(before[same], now.pop(same)) for same in before if same in now]
    paths = {document.source_path: document for document in now.values()}
    for document in (document for name, document in before.items() if name not in new or new[name].superseded_by):
        later = _successor(document.document_id, new) or paths.get(document.source_path)
        pairs.append(DocumentPair(document, now.pop(later.document_id, None) if later else None))
    pairs += (DocumentPair(None, document) for document in now.values())
    return sorted(pairs, key=lambda pair: pair.source_path)


def _live(documents: Mapping[str, Document]) -> dict[str, Document]:
    return {name: document for name, document in documents.items() if document.superseded_by is None}


def _successor(document_id: str, documents: Mapping[str, Document]) -> Document | None:
    """The last document in the chain of those that replaced a document."""
    document = documents.get(document_id)
    while document is not None and document.superseded_by:
        document = documents.get(document.superseded_by)
    return document
