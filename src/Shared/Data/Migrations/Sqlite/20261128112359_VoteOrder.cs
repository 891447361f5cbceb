using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Labeler.Shared.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class VoteOrder : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Votes_ProjectId_At",
                table: "Votes");

            migrationBuilder.DropIndex(
                name: "IX_Votes_ProjectId_DurationMs_At",
                table: "Votes");

            migrationBuilder.CreateIndex(
                name: "IX_Votes_AnnotatorId",
                table: "Votes",
                column: "AnnotatorId",
                filter: "\"Kind\" = 0 AND \"SupersededById\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Votes_ProjectId_At_Id",
                table: "Votes",
                columns: new[] { "ProjectId", "At", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Votes_ProjectId_DurationMs_At_Id",
                table: "Votes",
                columns: new[] { "ProjectId", "DurationMs", "At", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Votes_ProjectId_ItemId_Id",
                table: "Votes",
                columns: new[] { "ProjectId", "ItemId", "Id" },
                filter: "\"Kind\" < 2 AND \"SupersededById\" IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Votes_AnnotatorId",
                table: "Votes");

            migrationBuilder.DropIndex(
                name: "IX_Votes_ProjectId_At_Id",
                table: "Votes");

            migrationBuilder.DropIndex(
                name: "IX_Votes_ProjectId_DurationMs_At_Id",
                table: "Votes");

            migrationBuilder.DropIndex(
                name: "IX_Votes_ProjectId_ItemId_Id",
                table: "Votes");

            migrationBuilder.CreateIndex(
                name: "IX_Votes_ProjectId_At",
                table: "Votes",
                columns: new[] { "ProjectId", "At" });

            migrationBuilder.CreateIndex(
                name: "IX_Votes_ProjectId_DurationMs_At",
                table: "Votes",
                columns: new[] { "ProjectId", "DurationMs", "At" });
        }
    }
}
